import { basename } from "node:path";
import type { LoadParameters, NamedSources } from "../data/loadSources.ts";
import { readReviews, readSentences } from "./sentences.ts";
import { textSources } from "./textData.ts";

/**
 * Loads the sentences of a run: those of the file given, else 3,000 reviews. Without `test`, a fifth are test data.
 * @throws {@link DataError} when a file has no labelled sentences.
 */
export async function loadText({
  data,
  test,
  seed,
  signal,
}: LoadParameters): Promise<NamedSources> {
  const sentences = await (data === undefined
    ? readReviews({ signal })
    : readSentences(data, { signal }));
  const tested = test === undefined ? undefined : await readSentences(test, { signal });
  const { train, test: held } = textSources(sentences, { seed, tested });
  const count = train.labels.length + held.labels.length;
  const what = data === undefined ? "reviews" : `sentences of ${basename(data)}`;
  return { name: `${count} ${what}`, train, test: held };
}
