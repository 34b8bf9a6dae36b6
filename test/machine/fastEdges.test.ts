import { expect, test } from "vitest";
import { createReferenceTrace, createTrace, endOf } from "../../sdk/src/program/machine/index.ts";
import { edgeTasks, machineTaskOf } from "../fixtures/machine/edgePrograms.ts";

const POINTS = 5;

test.each(edgeTasks)(
  "compiled code and the reference have the same states: $name",
  async (edge) => {
    const task = await machineTaskOf(edge);
    const { steps } = endOf(task);
    // The last of them is the end.
    const spaced = { from: steps % BigInt(POINTS), spacing: steps / BigInt(POINTS), count: POINTS };
    const fast = createTrace(task);
    expect(fast.hashes(spaced)).toEqual(createReferenceTrace(task).hashes(spaced));
    expect(fast.end().steps).toBe(steps);
  },
);
