/** 2^23 bits: 1 MiB. */
const BITS = 1 << 23;
/** With so many keys one in a hundred questions is in vain. */
const MOST = 750_000;

/**
 * Which keys may be there (a Bloom filter): to ask a table of a million rows for a key that is new takes ten times as long. Keys end in a digest, whose bits are
 * as good as any hash of it.
 */
export class KeyFilter {
  readonly #words = new Uint32Array(BITS >>> 5);
  #left = MOST;

  /** Of a table that is not empty, or after too many keys: all of them may be there. */
  giveUp(): void {
    this.#left = 0;
  }

  add(key: Uint8Array): void {
    if (this.#left <= 0) return;
    this.#left--;
    for (let i = 0; i < 4; i++) {
      const bit = bitOf(key, i);
      const word = this.#words[bit >>> 5] ?? 0;
      this.#words[bit >>> 5] = word | (1 << (bit & 31));
    }
  }

  mayHave(key: Uint8Array): boolean {
    if (this.#left <= 0) return true;
    for (let i = 0; i < 4; i++) {
      const bit = bitOf(key, i);
      if (((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** 23 bits of a key: of its first and its last 32 bytes, mixed, since either may be the same for many. */
function bitOf(key: Uint8Array, i: number): number {
  const at = 4 * i;
  const last = key.length - 32 + at;
  const word = (start: number) =>
    ((key[start] ?? 0) | ((key[start + 1] ?? 0) << 8) | ((key[start + 2] ?? 0) << 16)) & (BITS - 1);
  return word(at) ^ word(last + 1);
}
