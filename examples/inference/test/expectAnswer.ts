import { expect } from "vitest";
import { boundsOf } from "../src/bound/bound.ts";
import { at } from "../src/graph/tensors.ts";
import { type Answer, type Prepared, runProgram } from "./prepare.ts";

/**
 * Expects a program to give the reference's integers, each within its bound of onnxruntime's floats; and those within their own of what this
 * example's floats say.
 * @returns the largest part of its own bound that an error takes.
 */
export async function expectAnswer(prepared: Prepared, answer: Answer): Promise<number> {
  const { name, model, input } = prepared;
  const found = await runProgram(prepared);
  expect(found, name).toEqual(answer.integers);
  const bounds = boundsOf(model, input);
  let worstShare = 0;
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
      worstShare = Math.max(worstShare, error / bound);
    });
  }
  expect(i).toBe(answer.floats.length);
  return worstShare;
}
