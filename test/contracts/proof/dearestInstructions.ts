/** Of every instruction in the largest program, the steps that show the most. */
import {
  MAX_PROVABLE_BYTES,
  type Machine,
  type MachineTask,
} from "../../../sdk/src/program/machine/index.ts";
import type { Random } from "../../fixtures/random.ts";
import { inputOf } from "./hostScenes.ts";
import { kinds } from "./instructionKinds.ts";
import { LARGEST, machineOfKinds, type Scene, sceneOf } from "./instructionScenes.ts";
import type { Chain } from "./onChain.ts";

const BYTE_GAS = 16;

/**
 * @param times - random states of each kind that are looked at.
 * @param count - how many are given.
 */
export async function dearestInstructions(
  chain: Chain,
  random: Random,
  { times, count }: { times: number; count: number },
): Promise<{ task: MachineTask; scenes: Scene[] }> {
  const machine: Machine = machineOfKinds(random, undefined, LARGEST);
  const task: MachineTask = {
    ...{ machine, maxFuel: 2n ** 62n, maxResultBytes: MAX_PROVABLE_BYTES },
    input: inputOf(random, 1_024),
  };
  const scenes = [...kinds.keys()].flatMap((index) =>
    Array.from({ length: times }, () => sceneOf(random, machine, index)),
  );
  const answers = await chain.next(
    machine,
    task,
    scenes.map(({ asked }) => asked),
  );
  const costs = new Map(
    scenes.map((scene, index) => [
      scene,
      BYTE_GAS * scene.asked.witness.length + (answers[index]?.gas ?? 0),
    ]),
  );
  const costOf = (scene: Scene) => costs.get(scene) ?? 0;
  return { task, scenes: scenes.toSorted((a, b) => costOf(b) - costOf(a)).slice(0, count) };
}
