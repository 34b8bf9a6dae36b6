import { expect, onTestFailed, test } from "vitest";
import initWabt from "wabt";
import { seededRandom } from "../../../../../test/fixtures/random.ts";
import {
  compareRandomModules,
  compareScript,
  scriptsOf,
} from "../../../../../test/fixtures/wast/agreement.ts";

const wabt = await initWabt();
const MODULES = 10_000;
const LONG_MS = 3_600_000;
const { WASM_TESTSUITE } = process.env;

test(
  `${MODULES} random modules go through the same states compiled, and end as in the engine`,
  () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const { differences, ended } = compareRandomModules(MODULES, { wabt, random });
    expect(differences).toEqual([]);
    expect(ended).toBeGreaterThan(MODULES);
  },
  LONG_MS,
);

test.skipIf(WASM_TESTSUITE === undefined)(
  "the official core test suite goes through the same states compiled (needs WASM_TESTSUITE, a folder of its .wast files)",
  async () => {
    const folder = WASM_TESTSUITE as string;
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const failures: string[] = [];
    let assertions = 0;
    for (const name of await scriptsOf(folder)) {
      const report = await compareScript({ folder, name }, { wabt, random });
      assertions += report.assertions;
      failures.push(...report.failures.map((failure) => `${name}: ${failure}`));
    }
    console.log(`${assertions} assertions`);
    expect(failures).toEqual([]);
    expect(assertions).toBeGreaterThan(0);
  },
  LONG_MS,
);
