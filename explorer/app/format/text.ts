/** What would move, hide or turn round the text beside it: controls, marks of direction, invisible characters, tags. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]/g;
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
