import { expect } from "vitest";
import { boundsOf } from "../src/bound/bound.ts";
import { at } from "../src/graph/tensors.ts";
import { type Answer, type Prepared, runProgram } from "./prepare.ts";

/** How near the program's numbers are to floats. */
export interface Nearness {
  /** The largest error, in steps of its tensor. */
  worstSteps: number;
  /** The largest part of its own bound that an error takes. */
  worstShare: number;
}

/**
 * Expects a program to give the reference's integers, each within its bound of onnxruntime's floats; and those within their own of what this
 * example's floats say.
 */
export async function expectAnswer(prepared: Prepared, answer: Answer): Promise<Nearness> {
  const { name, model, input } = prepared;
  const found = await runProgram(prepared);
  expect(found, name).toEqual(answer.integers);
  const bounds = boundsOf(model, input);
  const nearness = { worstSteps: 0, worstShare: 0 };
  let i = 0;
  for (const { tensor } of model.graph.outputs) {
    const { scale, zero } = at(model.quantisations, tensor);
    const { values, quantised, single } = at(bounds, tensor);
    values.forEach((value, j) => {
      const float = at(answer.floats, i);
      const error = Math.abs(scale * (at(found, i++) - zero) - float);
      const bound = at(quantised, j) + at(single, j);
      expect(Math.abs(value - float), `${name}: float ${i}`).toBeLessThanOrEqual(at(single, j));
      expect(error, `${name}: value ${i}`).toBeLessThanOrEqual(bound);
      nearness.worstSteps = Math.max(nearness.worstSteps, error / scale);
      nearness.worstShare = Math.max(nearness.worstShare, error / bound);
    });
  }
  expect(i).toBe(answer.floats.length);
  return nearness;
}
