import { beforeAll, describe, expect, test } from "vitest";
import {
  createExecution,
  type MachineTask,
  type StepProof,
} from "../../../sdk/src/program/machine/index.ts";
import { variants } from "../../fixtures/long.ts";
import {
  type EdgeTask,
  edgeTasks,
  largeTasks,
  machineTaskOf,
} from "../../fixtures/machine/edgePrograms.ts";
import { type Chain, deployHarness, hashOfState } from "./onChain.ts";

let chain: Chain;
beforeAll(async () => {
  chain = await deployHarness();
});

/** What a step may take inside; the calldata of its witness comes on top. */
const MOST_STEPS = 2_000n;

/** Carries the task out, and has the chain carry out as many of its steps as are asked for. */
async function compare(edge: EdgeTask, isAsked: (task: MachineTask, step: bigint) => boolean) {
  const task = await machineTaskOf(edge);
  const execution = createExecution(task);
  const proofs: StepProof[] = [];
  let [steps, hash] = [0n, execution.hash()];
  while (execution.ending === undefined) {
    const proof = execution.prove();
    // Each state follows from the one before: none is left out.
    expect([steps, proof.before]).toEqual([steps, hash]);
    hash = proof.after;
    if (isAsked(task, steps) || execution.ending !== undefined) proofs.push(proof);
    steps += 1n;
  }
  expect(execution.ending.outcome).toBe(edge.outcome);
  const answers = await chain.next(task.machine, task, proofs);
  for (const [index, { next }] of answers.entries()) {
    const proof = proofs[index] as StepProof;
    const isDone = proof === proofs.at(-1);
    const expected = isDone
      ? `0x${Buffer.from(hash).toString("hex")}`
      : `0x${Buffer.from(proof.after).toString("hex")}`;
    expect([hashOfState(proof), next]).toEqual([
      `0x${Buffer.from(proof.before).toString("hex")}`,
      expected,
    ]);
  }
  return { task, steps };
}

describe("every state that a task comes to has a successor that the chain proves", () => {
  test.each(edgeTasks.map((edge) => [edge.name, edge] as const))("%s", async (_, edge) => {
    // Of a task that takes long, the first steps and the last one.
    const { task, steps } = await compare(edge, (__, step) => step < MOST_STEPS);
    const { stepsPerFuel, slack } = task.machine;
    expect(steps).toBeLessThanOrEqual(BigInt(stepsPerFuel) * task.maxFuel + slack + 512n);
  });

  test.each(variants(largeTasks, 2).map((edge) => [edge.name, edge] as const))(
    "%s",
    async (_, edge) => {
      await compare(edge, (__, step) => step < 20n || step % 307n === 0n);
    },
  );
});
