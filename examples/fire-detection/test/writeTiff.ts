import { writeFile } from "node:fs/promises";
import { type GeotiffWriterMetadata, writeArrayBuffer } from "geotiff";

/** WGS 84 / UTM zone 10N, 20 m pixels, the first one's corner at (500000, 6400000). */
export const UTM_10N: GeotiffWriterMetadata = {
  ModelPixelScale: [20, 20, 0],
  ModelTiepoint: [0, 0, 0, 500_000, 6_400_000, 0],
  GTModelTypeGeoKey: 1,
  GTRasterTypeGeoKey: 1,
  ProjectedCSTypeGeoKey: 32610,
};

/** Writes a GeoTIFF of bands × rows × columns of unsigned 16-bit numbers. */
export async function writeTiff(
  path: string,
  bands: number[][][],
  metadata: GeotiffWriterMetadata = UTM_10N,
): Promise<string> {
  const height = bands[0]?.length ?? 0;
  const width = bands[0]?.[0]?.length ?? 0;
  const interleaved = new Uint16Array(width * height * bands.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const band of bands) interleaved[at++] = band[y]?.[x] ?? 0;
    }
  }
  const file = writeArrayBuffer(interleaved, {
    width,
    height,
    SamplesPerPixel: bands.length,
    BitsPerSample: bands.map(() => 16),
    SampleFormat: bands.map(() => 1),
    ...metadata,
  });
  await writeFile(path, new Uint8Array(file));
  return path;
}

/** A band of one value. */
export function flat(value: number, width = 4, height = 3): number[][] {
  return Array.from({ length: height }, () => Array.from({ length: width }, () => value));
}
