import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { compileProgram } from "../../../compile/index.ts";
import { cidOf } from "../../../protocol/cid/cidOf.ts";
import { machineArgument, stateArgument } from "../chain/arguments.ts";
import { machineOf } from "../image/machine.ts";
import { createExecution } from "../task/execution.ts";
import { machineTask } from "../task/task.ts";
import { type ExplainedStep, explainStep } from "./explainStep.ts";

const source = `export function main(input: Uint8Array): Uint8Array {
  let product: f64 = 1.5;
  for (let i = 0; i < input.length; i++) product *= <f64>input[i];
  if (input.length == 3) memory.copy(input.dataStart, input.dataStart + 1, 2);
  const result = new Uint8Array(8);
  store<f64>(result.dataStart, product);
  return result;
}`;

async function explained(input: Uint8Array): Promise<ExplainedStep[]> {
  const machine = machineOf(await compileProgram({ source }));
  const named = { cid: cidOf(input), bytes: input };
  const limits = { maxSteps: 100_000n, maxResultBytes: 1_024 };
  const execution = createExecution(machineTask({ machine, ...limits, input: named }));
  const steps: ExplainedStep[] = [];
  while (execution.ending === undefined) {
    const proof = execution.prove();
    steps.push(
      explainStep({
        machine: machineArgument(machine),
        state: stateArgument(proof),
        witness: bytesToHex(proof.witness),
      }),
    );
  }
  return steps;
}

test("every step of a task is told in words, with its operands and what comes of it", async () => {
  const steps = await explained(Uint8Array.of(2, 5, 7));
  const texts = steps.map(({ text }) => text);
  expect(texts[0]).toBe("the task begins with all its fuel");
  // 1.5 · 2 = 3, 3 · 5 = 15, 15 · 7 = 105.
  expect(texts).toContain("f64.mul(0x3ff8000000000000, 0x4000000000000000) = 0x4008000000000000");
  expect(texts).toContain("f64.mul(0x4008000000000000, 0x4014000000000000) = 0x402e000000000000");
  expect(texts).toContain("f64.mul(0x402e000000000000, 0x401c000000000000) = 0x405a400000000000");
  expect(texts).toContain("chunk 0 of the input's block 0 is loaded");
  expect(texts.some((text) => text.startsWith("memory.copy("))).toBe(true);
  expect(texts.at(-1)).toBe("block 0 of the result is hashed, 0 of its chunks being in already");
  expect(texts.filter((text) => text.includes("0xundefined") || text.includes("NaN"))).toEqual([]);
});

test("a proof that is cut short is refused", () => {
  const machine = { codeDepth: 3n, globalsDepth: 1n, tableDepth: 0n, dataDepth: 0n };
  const state = { header: 3n << 248n };
  expect(() => explainStep({ machine, state, witness: "0x1234" })).toThrow(RangeError);
});
