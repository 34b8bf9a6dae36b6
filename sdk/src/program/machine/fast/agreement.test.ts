import { join } from "node:path";
import { expect, onTestFailed, test } from "vitest";
import initWabt from "wabt";
import { seededRandom } from "../../../../../test/fixtures/random.ts";
import {
  compareRandomModules,
  compareScript,
  scriptsOf,
} from "../../../../../test/fixtures/wast/agreement.ts";

const wabt = await initWabt();
const MODULES = 40;
const FOLDER = join(import.meta.dirname, "../../instrument/wast");

test.each(await scriptsOf(FOLDER))("%s goes through the same states compiled", async (name) => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const report = await compareScript({ folder: FOLDER, name }, { wabt, random });
  expect(report.failures).toEqual([]);
  expect(report.assertions).toBeGreaterThan(0);
});

test("random modules go through the same states compiled, and end as in the engine", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const { differences, ended } = compareRandomModules(MODULES, { wabt, random });
  expect(differences).toEqual([]);
  expect(ended).toBeGreaterThan(MODULES);
});
