/** How a file of pictures begins, and whether its end is there: decoders fill what is missing with black, and say nothing. */
interface PictureFormat {
  start: RegExp;
  isWhole(bytes: Buffer): boolean;
}

const JPEG_SCAN = Buffer.of(0xff, 0xda);
const JPEG_END = Buffer.of(0xff, 0xd9);
const GIF_END = 0x3b;

const FORMATS: readonly PictureFormat[] = [
  { start: /^\x89PNG\r\n/, isWhole: (bytes) => bytes.includes("IEND") },
  {
    start: /^\xff\xd8\xff/,
    // A picture inside of the metadata ends before the scans of the whole one begin.
    isWhole: (bytes) => bytes.lastIndexOf(JPEG_END) > bytes.lastIndexOf(JPEG_SCAN),
  },
  { start: /^RIFF....WEBP/s, isWhole: (bytes) => bytes.readUInt32LE(4) + 8 <= bytes.length },
  { start: /^GIF8[79]a/, isWhole: (bytes) => bytes.lastIndexOf(GIF_END) === bytes.length - 1 },
  { start: /^BM/, isWhole: (bytes) => bytes.length >= 6 && bytes.readUInt32LE(2) <= bytes.length },
  // AVIF: its decoder refuses what is cut.
  { start: /^....ftyp/s, isWhole: () => true },
];
const START_BYTES = 12;

/** Why these bytes are no whole picture; undefined if they begin and end as one. Drawings (SVG) are none: each library draws them in its own way. */
export function problemOf(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, START_BYTES);
  const format = FORMATS.find((one) => one.start.test(start));
  if (format === undefined) return "of another format";
  return format.isWhole(bytes) ? undefined : "cut short";
}
