import { afterAll, beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../test/fixtures/random.ts";
import { startedThings } from "../../worker/test/network.ts";
import { inputsOf } from "../test/contract.ts";
import {
  EVERYWHERE,
  expectEdges,
  expectSame,
  type Place,
  startEverywhere,
} from "../test/everywhere.ts";
import { randomStateInput, stateMachine } from "../test/stateMachine.ts";
import type { Runner } from "./runner/runner.ts";

// The same program and the same inputs, in every runner that there is: peers by real sockets, the market on a real chain.

const random = seededRandom();
const inputs = inputsOf(10_000, random.seed);
const fewInputs = inputs.slice(0, 300);
const states = Array.from({ length: 60 }, () => randomStateInput(random));

const started = startedThings();
let runners: Record<Place, Runner>;
beforeAll(async () => {
  runners = await startEverywhere(started);
});
afterAll(() => started.end());

describe.each(EVERYWHERE)("%s", (place) => {
  // Each run of the market is a job.
  const isMarket = place === "market";

  test("no input, an empty one, and one of every kind of end", async () => {
    await expectEdges(runners[place], { alone: !isMarket });
  });

  test(`${isMarket ? 300 : "10,000"} random inputs end as the SDK says`, async () => {
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    expect((await expectSame(runners[place], isMarket ? fewInputs : inputs)).size).toBe(4);
  });

  test("tasks that change all that a program has do not meet", async () => {
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const limits = { maxSteps: 200_000n, maxResultBytes: 1 << 20 };
    await expectSame(runners[place], states, { program: stateMachine, limits });
  });
});
