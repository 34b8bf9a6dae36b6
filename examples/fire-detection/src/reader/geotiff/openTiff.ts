import type { AbortOptions } from "@assay/sdk";
import { GeoTIFF } from "geotiff";
import { checkDirectory } from "./directory.ts";
import type { FileSource } from "./fileSource.ts";
import { type Layout, readLayout } from "./layout.ts";
import { type Tags, tagsOf } from "./tags.ts";

/** A TIFF file whose images can be looked at one by one. */
export interface Tiff {
  name: string;
  source: FileSource;
  /** Undefined behind the last one, and where the file is damaged behind it. */
  tagsAt(index: number): Promise<Tags | undefined>;
  layoutOf(tags: Tags): Promise<Layout>;
  /** The keys that say where on Earth the first image lies, by their names. */
  geoKeys(): Promise<Readonly<Record<string, unknown>>>;
}

/** @throws whatever the library says of a file that is no TIFF. */
export async function openTiff(
  name: string,
  source: FileSource,
  { signal }: AbortOptions = {},
): Promise<Tiff> {
  await checkDirectory(source);
  const file = await GeoTIFF.fromSource(source, {}, signal);
  const { littleEndian } = file;
  await file.getImage(); // so that no one takes a file without an image for a TIFF
  return {
    name,
    source,
    tagsAt: (index) =>
      file.getImage(index).then(
        ({ fileDirectory }) => tagsOf(fileDirectory),
        () => undefined,
      ),
    layoutOf: (tags) => readLayout(tags, { name, littleEndian }),
    geoKeys: async () => {
      const image = await file.getImage();
      try {
        return image.getGeoKeys() ?? {};
      } catch {
        return {}; // keys that point nowhere: the pixels are good, and their place is not known
      }
    },
  };
}
