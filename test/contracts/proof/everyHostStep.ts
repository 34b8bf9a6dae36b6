import { zeroHash } from "viem";
import { expect, onTestFailed } from "vitest";
import { seededRandom } from "../../fixtures/random.ts";
import { dearestHostSteps } from "./dearestHostSteps.ts";
import { hostSceneOf, inputsOf } from "./hostScenes.ts";
import { machineOfKinds } from "./instructionScenes.ts";
import { deployHarness } from "./onChain.ts";
import { forged } from "./witnesses.ts";

/** The same of steps between calls of the program: loading, hashing, what ends a task. */
export async function carryOutHostSteps(
  count: number,
): Promise<{ forgeries: number; mostGas: number }> {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const chain = await deployHarness();
  const machines = [machineOfKinds(random), machineOfKinds(random, 11)];
  const inputs = inputsOf(random);
  const dearest = machines.flatMap((machine) =>
    dearestHostSteps(random, machine).map(([, scene]) => ({ machine, scene })),
  );
  let [forgeries, mostGas] = [0, 0];
  for (let i = 0; i < count; i++) {
    const machine = dearest[i]?.machine ?? (machines[random.below(2)] as (typeof machines)[number]);
    const scene = dearest[i]?.scene ?? hostSceneOf(random, machine, inputs);
    const { name, task, asked, after } = scene;
    const ways = forged(random, asked.witness);
    const lies = [0, 1, 2].map(() => ways[random.below(ways.length)] as (typeof ways)[number]);
    const [honest, ...seen] = await chain.next(machine, task, [
      asked,
      ...lies.map(({ witness }) => ({ ...asked, witness })),
    ]);
    expect([name, honest?.next]).toEqual([name, after]);
    for (const [index, { next }] of seen.entries()) {
      expect([name, lies[index]?.how, next]).toEqual([name, lies[index]?.how, zeroHash]);
    }
    forgeries += lies.length;
    mostGas = Math.max(mostGas, honest?.gas ?? 0);
  }
  return { forgeries, mostGas };
}
