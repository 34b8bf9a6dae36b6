/** Words in lower case. An apostrophe stays in its word, because "don't" and "do" differ in what they say. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}\p{N}]+(?:'\p{L}+)*/gu) ?? []
  );
}

/** The runs of one to `longest` words in a text, each once. */
export function ngramsOf(text: string, longest: number): Set<string> {
  const words = wordsOf(text);
  const ngrams = new Set<string>();
  for (let length = 1; length <= longest; length++) {
    for (let i = 0; i + length <= words.length; i++) {
      ngrams.add(words.slice(i, i + length).join(" "));
    }
  }
  return ngrams;
}

/**
 * A text as whole numbers: each n-gram adds 1 or −1, by its hash, to one of `out.length` features, also by its hash (Weinberger et al. 2009).
 * Nobody has to agree on a dictionary, which would show what clients write about. `out` is zeros before.
 */
export function hashNgrams(text: string, out: Float32Array, longest: number): void {
  for (const ngram of ngramsOf(text, longest)) {
    const hash = hashOf(ngram);
    const feature = (hash >>> 1) % out.length;
    out[feature] = (out[feature] ?? 0) + ((hash & 1) === 0 ? 1 : -1);
  }
}

/** FNV-1a of the text's UTF-8 bytes, with MurmurHash3's finaliser, since FNV's low bits are weak. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
