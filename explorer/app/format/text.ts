/** Ranges of what would move, hide or turn round the text beside it: controls, marks of direction, invisible characters, tags. */
const UNSEEN_RANGES: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
];
const UNSEEN = new RegExp(
  `[${UNSEEN_RANGES.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join("")}]`,
  "gu",
);
/** More marks on one letter than any language has: they reach into other lines. */
const STACKED = /(\p{M}{4})\p{M}+/gu;

/** A string of strangers as it is shown: no longer than `most`, and with everything in it that cannot be seen as a sign. */
export function shownText(text: string, most = 2_000): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(UNSEEN, signOf).replace(STACKED, "$1");
}

/** The same for a line: breaks become signs, too. */
export function shownLine(text: string, most = 200): string {
  return shownText(text, most).replace(/\s+/g, " ");
}

function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20
    ? String.fromCodePoint(0x2400 + code)
    : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** `0x1234…cdef` of a hash or an address. */
export function shortHash(hash: string, kept = 4): string {
  return hash.length > 2 * kept + 3 ? `${hash.slice(0, kept + 2)}…${hash.slice(-kept)}` : hash;
}
