/** How bytes can be shown. */
export type ViewKind = "map" | "json" | "image" | "text" | "hex";

export interface Seen {
  /** The best first; hexadecimal always is one. */
  kinds: ViewKind[];
  text: string | undefined;
  json: unknown;
  /** The media type of an image. */
  image: string | undefined;
}

const IMAGES: readonly [type: string, magic: readonly number[], at: number][] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47], 0],
  ["image/jpeg", [0xff, 0xd8, 0xff], 0],
  ["image/gif", [0x47, 0x49, 0x46, 0x38], 0],
  ["image/webp", [0x57, 0x45, 0x42, 0x50], 8],
];
/** Text above this is not parsed: the page would stand still. */
const MOST_PARSED = 4 << 20;

/** Looks at what bytes are. Nobody says so: a result is bytes. */
export function look(bytes: Uint8Array): Seen {
  const image = IMAGES.find(([, magic, at]) =>
    magic.every((byte, i) => bytes[at + i] === byte),
  )?.[0];
  const text = image === undefined ? textOf(bytes) : undefined;
  const json = text === undefined ? undefined : jsonOf(text);
  const kinds: ViewKind[] = [];
  if (isGeoJson(json)) kinds.push("map");
  if (typeof json === "object" && json !== null) kinds.push("json");
  if (image !== undefined) kinds.push("image");
  if (text !== undefined) kinds.push("text");
  return { kinds: [...kinds, "hex"], text, json, image };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return hasControls(text.slice(0, 4_096)) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Control characters that no text has. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x09 || (code > 0x0d && code < 0x1b)) return true;
  }
  return false;
}

function jsonOf(text: string): unknown {
  if (text.length > MOST_PARSED || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const GEOMETRIES =
  /^(Multi)?(Point|LineString|Polygon)$|^Feature(Collection)?$|^GeometryCollection$/;

function isGeoJson(value: unknown): boolean {
  const { type } = Object(value) as { type?: unknown };
  return typeof type === "string" && GEOMETRIES.test(type);
}
