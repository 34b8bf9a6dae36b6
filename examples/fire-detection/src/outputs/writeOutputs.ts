import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { toFirmsCsv } from "./firmsCsv.ts";
import { toGeoJson } from "./geojson.ts";
import { type QuicklookContents, renderQuicklook } from "./quicklook/renderQuicklook.ts";

export interface OutputFiles {
  geojson: string;
  /** Undefined for a scene without a georeference: FIRMS's columns have no other place than longitude and latitude. */
  csv: string | undefined;
  png: string;
}

/**
 * Writes `fires.geojson`, `fires.csv` and `quicklook.png` into `folder`, which is made if need be.
 * @returns their paths.
 */
export async function writeOutputs(
  folder: string,
  contents: QuicklookContents,
  { signal }: AbortOptions = {},
): Promise<OutputFiles> {
  const { scene, detections } = contents;
  const { georeference } = scene;
  await mkdir(folder, { recursive: true });
  const write = async (name: string, data: string | Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, data, { signal });
    return path;
  };
  return {
    geojson: await write("fires.geojson", toGeoJson(scene, detections)),
    csv:
      georeference === undefined
        ? undefined
        : await write("fires.csv", toFirmsCsv({ ...scene, georeference }, detections)),
    png: await write("quicklook.png", await renderQuicklook(contents)),
  };
}
