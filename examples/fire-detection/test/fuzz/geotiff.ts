import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "../../src/synthetic/random.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/geotiff/", import.meta.url));

/** Small files of many kinds to begin with. */
export async function startingFiles(): Promise<Buffer[]> {
  const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".tif")).sort();
  return Promise.all(names.map((name) => readFile(join(FIXTURES, name))));
}

/** Tags whose values decide what is read, and some that no reader knows. */
const TAGS = [
  254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324,
  325, 338, 339, 347, 33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113, 50674, 65000,
];
const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 16, 17, 18, 999];
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 24, 31, 32, 33, 64, 255, 4_096, 65_535];
const LARGE = [2 ** 16, 2 ** 20, 2 ** 26, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const TEXTS = [
  "nan",
  "-9999",
  "1,5",
  "none",
  "",
  "0 0 0",
  "<GDALMetadata><Item name='SCALE'",
  "]]>&#0;",
];

/** A file that is nearly a GeoTIFF: up to four changes to its header, its directories, its texts or its pixels. */
export function mutated(random: Random, files: readonly Buffer[]): Buffer {
  const pick = <T>(of: readonly T[]): T => {
    const found = of[Math.floor(random.next() * of.length)];
    if (found === undefined) throw new RangeError("nothing to pick from");
    return found;
  };
  let bytes: Buffer = Buffer.from(pick(files));
  const number = () => (random.next() < 0.9 ? pick(NUMBERS) : pick(LARGE));
  for (let changes = 1 + Math.floor(random.next() * 4); changes > 0; changes--) {
    const file = directoriesOf(bytes);
    const entry = file.entries.length > 0 && random.next() < 0.85 ? pick(file.entries) : undefined;
    if (entry === undefined) {
      bytes = mangled(bytes, random);
      continue;
    }
    const { little, at } = entry;
    const write16 = (value: number, where: number) =>
      little
        ? bytes.writeUInt16LE(value & 0xffff, where)
        : bytes.writeUInt16BE(value & 0xffff, where);
    const write32 = (value: number, where: number) =>
      little ? bytes.writeUInt32LE(value >>> 0, where) : bytes.writeUInt32BE(value >>> 0, where);
    switch (Math.floor(random.next() * 7)) {
      case 0:
        write16(pick(TAGS), at);
        break;
      case 1:
        write16(pick(TYPES), at + 2);
        break;
      case 2:
        write32(number(), at + 4);
        break;
      case 3:
        // A short value lies in the first half of its field, in either byte order.
        if (random.next() < 0.7) write16(number(), at + 8);
        else write32(number(), at + 8);
        break;
      case 4: {
        const other = pick(file.entries).at;
        const copy = Buffer.from(bytes.subarray(other, other + 12));
        bytes.copy(bytes, other, at, at + 12);
        copy.copy(bytes, at);
        break;
      }
      case 5: {
        // What the entry points to.
        const target = little ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8);
        const text = Buffer.from(`${pick(TEXTS)}\0`);
        if (target < bytes.length) text.copy(bytes, target);
        break;
      }
      default:
        // The directory after this one, perhaps itself.
        write32(random.next() < 0.5 ? file.first : number(), file.end);
    }
  }
  return bytes;
}

function mangled(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random.next() * bytes.length);
  if (bytes.length === 0) return bytes;
  switch (Math.floor(random.next() * 4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(at, at)]);
    case 2:
      bytes.fill(Math.floor(random.next() * 256), at, Math.min(bytes.length, at + 16));
      return bytes;
    default:
      for (let n = 0; n < 4; n++) {
        const where = Math.floor(random.next() * bytes.length);
        bytes[where] = (bytes[where] ?? 0) ^ (1 << Math.floor(random.next() * 8));
      }
      return bytes;
  }
}

/** The places of the first directory's entries, where they are within the file. */
function directoriesOf(bytes: Buffer): {
  entries: { at: number; little: boolean }[];
  first: number;
  end: number;
} {
  const none = { entries: [], first: 0, end: 0 };
  if (bytes.length < 16) return none;
  const little = bytes.toString("latin1", 0, 2) === "II";
  const first = little ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  if (first + 2 > bytes.length) return none;
  const count = little ? bytes.readUInt16LE(first) : bytes.readUInt16BE(first);
  const end = first + 2 + 12 * count;
  if (end + 4 > bytes.length) return none;
  const entries = Array.from({ length: count }, (_, i) => ({ at: first + 2 + 12 * i, little }));
  return { entries, first, end };
}
