/** Witnesses that say something else than they should. */
import type { Random } from "../../fixtures/random.ts";

const WORD = 32;

export interface Forged {
  how: string;
  witness: Uint8Array;
}

const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

/** Each kind of change that fits a witness, at random places. None is the witness itself. */
export function forged(random: Random, witness: Uint8Array): Forged[] {
  const size = witness.length;
  const words = Math.floor(size / WORD);
  const word = (index: number) => witness.slice(index * WORD, index * WORD + WORD);
  const withWord = (index: number, bytes: Uint8Array) => {
    const changed = witness.slice();
    changed.set(bytes, index * WORD);
    return changed;
  };
  const all: Forged[] = [
    { how: "a word more", witness: join(witness, random.bytes(WORD)) },
    { how: "a zero more", witness: join(witness, new Uint8Array(1)) },
  ];
  if (size > 0) {
    const flipped = witness.slice();
    const at = random.below(size);
    flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
    const cut = random.below(size);
    all.push(
      { how: `bit of byte ${at}`, witness: flipped },
      { how: `cut to ${cut}`, witness: witness.slice(0, cut) },
      { how: "the last byte missing", witness: witness.slice(0, -1) },
    );
  }
  if (words > 1) {
    const [one, other] = [random.below(words), random.below(words)];
    const swapped = withWord(one, word(other));
    swapped.set(word(one), other * WORD);
    all.push(
      { how: `word ${one} is word ${other}`, witness: withWord(one, word(other)) },
      { how: `words ${one} and ${other} swapped`, witness: swapped },
      { how: `word ${one} zero`, witness: withWord(one, new Uint8Array(WORD)) },
      {
        how: "a word missing",
        witness: join(witness.slice(0, one * WORD), witness.slice((one + 1) * WORD)),
      },
      {
        how: "a word twice",
        witness: join(witness.slice(0, one * WORD), word(one), witness.slice(one * WORD)),
      },
      { how: "all of it twice", witness: join(witness, witness) },
    );
  }
  return all.filter((one) => Buffer.compare(one.witness, witness) !== 0);
}
