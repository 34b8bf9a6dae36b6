import { DataError } from "../data/dataError.ts";
import type { DataSet, Sources } from "../data/dataSet.ts";
import { createRandom, seedOf } from "../random/random.ts";
import { hashNgrams, wordsOf } from "./ngrams.ts";
import type { Sentence } from "./sentences.ts";

/** Features of a sentence: words and pairs of words, hashed. */
export const TEXT_FEATURES = 4_096;
const LONGEST_NGRAM = 2;
/** Sentences are kept with all their features: this many take a gibibyte. */
const MAX_SENTENCES = 65_536;
const TEST_SHARE = 0.2;
/** Purpose of random numbers. */
const SHUFFLING = 21;

/** The same sentence twice counts once: one in the training and one in the test data would be known before it is asked. */
function distinct(sentences: readonly Sentence[]): Sentence[] {
  const byWords = new Map(
    sentences.map((sentence) => [wordsOf(sentence.text).join(" "), sentence] as const),
  );
  return [...byWords.values()];
}

/**
 * Hashed sentences.
 * @param tested - the test data. Default: a fifth of the sentences, shuffled by the seed.
 * @throws {@link DataError} if all have one label, or the test data others than those that are trained with.
 */
export function textSources(
  sentences: readonly Sentence[],
  { seed, tested }: { seed: number; tested?: readonly Sentence[] | undefined },
): Sources {
  const count = sentences.length + (tested?.length ?? 0);
  if (count > MAX_SENTENCES) {
    throw new DataError(
      "DATA_TOO_MANY",
      `${count} sentences are too many: give at most ${MAX_SENTENCES}.`,
    );
  }
  const shuffled = createRandom(seedOf(seed, SHUFFLING)).shuffle(distinct(sentences));
  const held = tested === undefined ? Math.round(shuffled.length * TEST_SHARE) : 0;
  const train = shuffled.slice(held);
  const test = tested ?? shuffled.slice(0, held);
  const classes = train.reduce((most, { label }) => Math.max(most, label), 0) + 1;
  const isOne = new Set(train.map(({ label }) => label)).size < 2;
  if (isOne || test.some(({ label }) => label >= classes)) {
    throw new DataError(
      "DATA_VALUE",
      isOne
        ? "All sentences have one label: there is nothing to learn."
        : `Some sentences of the test data have labels above ${classes - 1}, which no training sentence has.`,
    );
  }
  return { train: hashed(train, classes), test: hashed(test, classes) };
}

function hashed(sentences: readonly Sentence[], classes: number): DataSet {
  const values = new Float32Array(sentences.length * TEXT_FEATURES);
  for (const [i, { text }] of sentences.entries()) {
    hashNgrams(text, values.subarray(i * TEXT_FEATURES, (i + 1) * TEXT_FEATURES), LONGEST_NGRAM);
  }
  const labels = Uint8Array.from(sentences, ({ label }) => label);
  return { features: TEXT_FEATURES, classes, values, labels };
}
