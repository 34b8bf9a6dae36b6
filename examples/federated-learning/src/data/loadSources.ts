import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { AbortOptions } from "@assay/sdk";
import { createRandom } from "../random/random.ts";
import type { Sources } from "./dataSet.ts";
import { split } from "./partition.ts";
import { readDataSet } from "./readDataSet.ts";
import { syntheticData } from "./synthetic.ts";

/** Real data that may lie beside the checkout. */
export const OPTDIGITS = fileURLToPath(
  new URL("../../../../../shared/data/optdigits.tra", import.meta.url),
);

/** What `data` is for synthetic data. */
const SYNTHETIC_NAME = "synthetic";
/** As many as optdigits has. */
const SYNTHETIC = { train: 3_823, test: 1_797 };
const TEST_SHARE = 0.2;

export interface NamedSources extends Sources {
  /** Name of the data, for a person. */
  name: string;
}

/** Where the data of a run come from. */
export interface LoadParameters extends AbortOptions {
  /** File to learn from. Undefined: what the run has by default. */
  data: string | undefined;
  /** File to test with. */
  test: string | undefined;
  /** Of what is held out, where no file is given. */
  seed: number;
}

/**
 * Loads the data of a run: the files given, else those beside the checkout, else synthetic data. Without `test`, the test data are the
 * file of the same name that ends with `.tes` if there is one, else a fifth of the training data.
 * @throws {@link DataError} when a file cannot be read as a data set.
 */
export async function loadSources({
  data,
  test,
  seed,
  signal,
}: LoadParameters): Promise<NamedSources> {
  const file = data ?? (existsSync(OPTDIGITS) ? OPTDIGITS : SYNTHETIC_NAME);
  if (file === SYNTHETIC_NAME) {
    return {
      name: "synthetic clusters",
      train: syntheticData({ seed, examples: SYNTHETIC.train }),
      test: syntheticData({ seed, examples: SYNTHETIC.test, purpose: 1 }),
    };
  }
  const train = await readDataSet(file, { signal });
  const beside = file.replace(/\.tra$/, ".tes");
  const testFile = test ?? (beside !== file && existsSync(beside) ? beside : undefined);
  if (testFile !== undefined) {
    const { features, classes, scale } = train;
    const tested = await readDataSet(testFile, { features, classes, scale, signal });
    return { name: basename(file), train, test: tested };
  }
  const [held, rest] = split(train, TEST_SHARE, createRandom(seed));
  return { name: `${basename(file)}, a fifth held out`, train: rest, test: held };
}
