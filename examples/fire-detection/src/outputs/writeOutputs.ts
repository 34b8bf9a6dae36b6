import type { AbortOptions } from "@assay/sdk";
import { prepareOutputFolder, writeOutput } from "../../../shared/src/outputFolder/outputFolder.ts";
import { toFirmsCsv } from "./firmsCsv.ts";
import { toGeoJson } from "./geojson.ts";
import { toKml } from "./kml.ts";
import { renderHtmlMap } from "./map/htmlMap.ts";
import { type QuicklookContents, renderQuicklook } from "./quicklook/renderQuicklook.ts";
import { type Asset, toStacItem } from "./stac.ts";

export interface OutputFiles {
  png: string;
  geojson: string;
  /** Undefined for a scene without a georeference: FIRMS's columns have no other place than longitude and latitude. */
  csv: string | undefined;
  html: string;
  /** Undefined for a scene without a georeference. */
  kml: string | undefined;
  /** Undefined for a scene without a georeference or a day, which a STAC item has to have. */
  stac: string | undefined;
}

const ASSETS: Readonly<Record<"png" | "geojson" | "csv" | "html" | "kml", Asset>> = {
  png: {
    href: "quicklook.png",
    title: "Quicklook",
    type: "image/png",
    roles: ["overview"],
  },
  geojson: {
    href: "fires.geojson",
    title: "Active fires, a point a pixel",
    type: "application/geo+json",
    roles: ["data"],
  },
  csv: {
    href: "fires.csv",
    title: "Active fires with the columns of NASA FIRMS",
    type: "text/csv",
    roles: ["data"],
  },
  html: { href: "map.html", title: "Map", type: "text/html", roles: ["overview"] },
  kml: {
    href: "fires.kml",
    title: "Active fires for globes",
    type: "application/vnd.google-earth.kml+xml",
    roles: ["data"],
  },
};

/**
 * Writes what was found into `folder`, which is made if need be: `fires.geojson`, `fires.csv`, `fires.kml`, `item.json` (STAC),
 * `quicklook.png` and `map.html`.
 * @returns their paths.
 * @throws {@link OutputFolderError} when the folder or a file cannot be written.
 */
export async function writeOutputs(
  folder: string,
  contents: QuicklookContents,
  { signal }: AbortOptions = {},
): Promise<OutputFiles> {
  const { scene, detections, algorithm } = contents;
  const { georeference, acquired } = scene;
  await prepareOutputFolder(folder);
  const write = (name: string, data: string | Uint8Array) =>
    writeOutput(folder, name, { data, signal });
  const placed = georeference && { ...scene, georeference };
  const dated = placed && acquired !== undefined ? { ...placed, acquired } : undefined;
  return {
    png: await write(ASSETS.png.href, await renderQuicklook(contents)),
    geojson: await write(ASSETS.geojson.href, toGeoJson(scene, detections, algorithm)),
    csv: placed && (await write(ASSETS.csv.href, toFirmsCsv(placed, detections, algorithm))),
    html: await write(ASSETS.html.href, await renderHtmlMap(contents, { signal })),
    kml: placed && (await write(ASSETS.kml.href, toKml(placed, detections, algorithm))),
    stac:
      dated &&
      (await write("item.json", toStacItem(dated, detections, { algorithm, assets: ASSETS }))),
  };
}
