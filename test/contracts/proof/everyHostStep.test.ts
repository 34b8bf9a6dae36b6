import { expect, test } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";
import { dearestHostSteps } from "./dearestHostSteps.ts";
import { carryOutHostSteps } from "./everyHostStep.ts";
import { machineOfKinds } from "./instructionScenes.ts";
import { deploy } from "./players.ts";
import { gasOfProof } from "./provenGas.ts";

/** `npm run test:long` takes 5,000. */
const STEPS = 60;
/** The most that a transaction of a dispute takes, with calldata at 16 gas a byte. */
const MOST_GAS = 320_000;

test("each step of the host leads where the reference says, and no forged witness elsewhere", async () => {
  const { forgeries } = await carryOutHostSteps(STEPS);
  expect(forgeries).toBe(3 * STEPS);
});

test("no proof of a step of the host takes more gas than a transaction may", async () => {
  const random = seededRandom(1);
  const table = await deploy({ hardfork: "cancun" });
  for (const [name, { task, asked }] of dearestHostSteps(random, machineOfKinds(random))) {
    expect(await gasOfProof(table, task, asked), name).toBeLessThan(MOST_GAS);
  }
});
