import { expect, onTestFailed } from "vitest";
import {
  instrumentModule,
  instrumentProgram,
} from "../../sdk/src/program/instrument/instrumentProgram.ts";
import { flattenModule } from "../../sdk/src/program/machine/flatten/flattenModule.ts";
import { type Machine, machineOfModule } from "../../sdk/src/program/machine/image/machine.ts";
import { createExecution } from "../../sdk/src/program/machine/index.ts";
import { type EdgeTask, machineTaskOf } from "../fixtures/machine/edgePrograms.ts";
import { assembleProgram } from "../fixtures/machine/programText.ts";
import { randomTask } from "../fixtures/machine/randomTask.ts";
import { askReference, type ReferenceAnswer } from "../fixtures/machine/reference.ts";
import { seededRandom } from "../fixtures/random.ts";
import { randomModule } from "../fixtures/wast/randomModule.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

function expectSameMachine(name: string, { flat, words, root }: Machine, answer: ReferenceAnswer) {
  const code = flat.code;
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (const [pc, instruction] of answer.code.entries()) {
    const own = [
      view.getUint8(16 * pc),
      view.getUint32(16 * pc + 4),
      String(view.getBigUint64(16 * pc + 8)),
    ];
    expect([name, pc, own]).toEqual([name, pc, instruction]);
  }
  expect([name, code.length]).toEqual([name, 16 * answer.code.length]);
  expect([name, ...words.map(hex)]).toEqual([name, ...answer.words.slice(1)]);
  expect([name, root]).toEqual([name, `0x${answer.machineRoot}`]);
}

/** Compares machine roots and states of tasks. @param every - the states at multiples of it are compared. */
export async function compareTasks(edges: readonly EdgeTask[], every: number): Promise<number> {
  const MOST = 2_000;
  const tasks = await Promise.all(edges.map(machineTaskOf));
  const steps = Array.from({ length: MOST / every }, (_, index) => every * index);
  const answers = await askReference(
    edges.map(({ text, input, maxSteps, maxResultBytes }) => ({
      module: instrumentProgram(assembleProgram(text)),
      task: { input, maxSteps, maxResultBytes, steps },
    })),
  );
  let states = 0;
  for (const [index, task] of tasks.entries()) {
    const [edge, answer] = [edges[index] as EdgeTask, answers[index] as ReferenceAnswer];
    expectSameMachine(edge.name, task.machine, answer);
    const execution = createExecution(task);
    for (;;) {
      const expected = answer.states?.[String(execution.steps)];
      if (expected !== undefined) {
        expect([edge.name, execution.steps, hex(execution.hash())]).toEqual([
          edge.name,
          execution.steps,
          expected,
        ]);
        states += 1;
      }
      if (execution.ending !== undefined) break;
      execution.prove();
    }
    expect([edge.name, execution.steps, hex(execution.hash())]).toEqual([
      edge.name,
      BigInt(answer.length ?? 0),
      answer.end,
    ]);
  }
  return states;
}

/** Compares code and machine roots of random modules. */
export async function compareRandomModules(count: number): Promise<void> {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const modules = Array.from({ length: count }, () =>
    instrumentModule(assembleProgram(randomModule(random))),
  );
  const answers = await askReference(modules.map((module) => ({ module })));
  for (const [index, module] of modules.entries()) {
    expectSameMachine(
      `module ${index}`,
      machineOfModule(flattenModule(module)),
      answers[index] as ReferenceAnswer,
    );
  }
}

/** The same of tasks of random programs. */
export async function compareRandomTasks(count: number, every: number): Promise<void> {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const edges: EdgeTask[] = [];
  while (edges.length < count) edges.push(await randomTask(random, 2_000n));
  await compareTasks(edges, every);
}
