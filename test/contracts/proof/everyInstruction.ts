import { bytesToHex, zeroHash } from "viem";
import { expect, onTestFailed } from "vitest";
import type { MachineTask } from "../../../sdk/src/program/machine/index.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { kinds } from "./instructionKinds.ts";
import { machineOfKinds, type Scene, sceneOf } from "./instructionScenes.ts";
import { type Asked, deployHarness } from "./onChain.ts";
import { forged } from "./witnesses.ts";

/** Nothing of it matters to an instruction. */
const noTask = (machine: MachineTask["machine"]): MachineTask => ({
  ...{ machine, maxFuel: 0n, maxResultBytes: 0 },
  input: { bytes: new Uint8Array(0), prefix: 0, digest: new Uint8Array(32), root: undefined },
});

/** Scenes at a time. */
const BATCH = 100;

/**
 * Has every instruction carried out on chain, so many times each, and compares the states that follow. Of one in `forgedEvery` some forged
 * witnesses are shown as well: none leads anywhere else.
 */
export async function carryOutEveryInstruction(
  times: number,
  { forgedEvery = 1 } = {},
): Promise<{ steps: number; forgeries: number; mostGas: number }> {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const chain = await deployHarness();
  const machine = machineOfKinds(random);
  const task = noTask(machine);
  const variants = [...Map.groupBy(kinds.keys(), (index) => kinds[index]?.opcode).values()];
  const total = times * variants.length;
  let [steps, forgeries, mostGas] = [0, 0, 0];
  while (steps < total) {
    const scenes: Scene[] = [];
    for (; scenes.length < BATCH && steps < total; steps++) {
      const some = variants[steps % variants.length] as number[];
      scenes.push(sceneOf(random, machine, some[random.below(some.length)] as number));
    }
    const answers = await chain.next(
      machine,
      task,
      scenes.map(({ asked }) => asked),
    );
    for (const [index, { next, gas }] of answers.entries()) {
      const { name, after } = scenes[index] as Scene;
      expect([name, next]).toEqual([name, after]);
      mostGas = Math.max(mostGas, gas);
    }
    const lies = scenes
      .filter((_, index) => index % forgedEvery === 0)
      .flatMap((scene) => liesAbout(scene).map((lie) => ({ ...lie, scene })));
    const seen = await chain.next(
      machine,
      task,
      lies.map(({ asked }) => asked),
    );
    for (const [index, { next }] of seen.entries()) {
      const { how, scene } = lies[index] as (typeof lies)[number];
      expect([scene.name, how, next]).toEqual([scene.name, how, zeroHash]);
    }
    forgeries += lies.length;
  }
  return { steps, forgeries, mostGas };

  /** Some of the ways to forge its witness. */
  function liesAbout({ asked, stale }: Scene): { how: string; asked: Asked }[] {
    const ways = forged(random, asked.witness);
    const some = [0, 1, 2].map(() => ways[random.below(ways.length)] as (typeof ways)[number]);
    const before = stale();
    if (bytesToHex(before) !== bytesToHex(asked.witness)) {
      some.push({ how: "siblings from before its writes", witness: before });
    }
    return some.map(({ how, witness }) => ({ how, asked: { ...asked, witness } }));
  }
}
