/** The worked example of `docs/proof.md`: what its blocks have to say. */
import { bytesToHex } from "viem";
import {
  doneHash,
  type MachineTask,
  machineOf,
  machineTask,
} from "../../../sdk/src/program/machine/index.ts";
import { cidOf } from "../../../sdk/src/protocol/cid/cidOf.ts";
import { assembleProgram } from "../../fixtures/machine/programText.ts";
import { firstExponent } from "./games.ts";
import { type Claim, type Course, courseOf, hashOf, stageOf, step, truthOf } from "./liars.ts";
import { POSTED } from "./players.ts";

const F64_MUL = 0xa2;
const MAX_STEPS = 1_000n;
const INPUT = new Uint8Array(new Float64Array([0.1]).buffer);
/** What the worker says that the product is: its last bit is wrong. */
const WRONG_PRODUCT = 0x3fd3_3333_3333_3333n;

/** @param text - the page's program. */
export function exampleOf(text: string): { course: Course; blocks: string[]; disputed: number } {
  const machine = machineOf(assembleProgram(text));
  const input = { cid: cidOf(INPUT), bytes: INPUT };
  const task = machineTask({ machine, maxSteps: MAX_STEPS, maxResultBytes: 8, input });
  const course = courseOf(task);
  const multiplies = course.proofs.findIndex(
    ({ header }) => header.phase === 3 && machine.flat.code[16 * header.pc] === F64_MUL,
  );
  const wrong = wrongStates(task, multiplies);
  return {
    ...{ course, disputed: multiplies + 1 },
    blocks: [statesOf(course, multiplies), movesOf(course, wrong)],
  };
}

/** The states of a worker that multiplies wrongly, and does everything else as it should. */
function wrongStates(task: MachineTask, multiplies: number): Claim {
  const stage = stageOf(task);
  const hashes = [hashOf(stage)];
  for (;;) {
    const ending = step(task, stage);
    if (hashes.length === multiplies + 1) {
      const slot = stage.header.sp - 1;
      const leaf = stage.trees.stack.leaf(slot >> 2).slice();
      new DataView(leaf.buffer).setBigUint64(8 * (slot & 3), WRONG_PRODUCT);
      stage.trees.stack.write(slot >> 2, leaf);
    }
    hashes.push(ending === undefined ? hashOf(stage) : bytesToHex(doneHash(ending)));
    if (ending !== undefined) break;
  }
  return (at) => hashes[Math.min(at, hashes.length - 1)] as `0x${string}`;
}

function statesOf(course: Course, multiplies: number): string {
  const { machine } = course.task;
  const first = (phase: number) => course.proofs.findIndex(({ header }) => header.phase === phase);
  const rows: [number, string][] = [
    [0, "nothing has happened"],
    [first(2), "alloc begins"],
    [first(8), "the input is loaded next"],
    [first(3), "run begins"],
    [multiplies, "f64.mul is next"],
    [multiplies + 1, "the product is on the stack"],
    [first(9), "the result is hashed next"],
    [course.proofs.length, "done"],
  ];
  const lines = rows.map(
    ([at, what]) => `state ${String(at).padEnd(4)}${what.padEnd(29)}${truthOf(course)(at)}`,
  );
  const instructions = machine.flat.code.length / 16;
  return [
    `machine root, ${instructions} instructions`.padEnd(39) + machine.root,
    ...lines,
    "",
  ].join("\n");
}

function movesOf(course: Course, wrong: Claim): string {
  const [truth, lines] = [truthOf(course), [] as string[]];
  let [low, exponent, isWorker] = [0, firstExponent(course), true];
  let claimed: Claim = wrong;
  for (; exponent >= 0; exponent--, isWorker = !isWorker) {
    claimed = isWorker ? wrong : truth;
    const other = isWorker ? truth : wrong;
    const spacing = 16 ** exponent;
    const places = Array.from({ length: POSTED }, (_, index) => low + (index + 1) * spacing);
    const at = places.find((place) => claimed(place) !== other(place)) as number;
    const who = isWorker ? "worker" : "challenger";
    const range = `${(low + spacing).toLocaleString("en")}, ${(low + 2 * spacing).toLocaleString("en")} … ${(low + POSTED * spacing).toLocaleString("en")}`;
    lines.push(
      `${who.padEnd(12)}${range.padEnd(31)}state ${at.toLocaleString("en").padEnd(8)}${claimed(at)}`,
    );
    low = at - spacing;
  }
  lines.push(`${(isWorker ? "worker" : "challenger").padEnd(12)}proves the step from state ${low}`);
  lines.push(
    `chain       comes to${" ".repeat(23)}state ${String(low + 1).padEnd(8)}${truth(low + 1)}`,
  );
  return `${lines.join("\n")}\n`;
}
