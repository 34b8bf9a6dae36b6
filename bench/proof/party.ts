/**
 * What a party to a dispute waits for: run by `proof.ts` as processes of their own, so that the memory of each is no other's. It prints one JSON
 * object: of the dispute that is named, or how fast tasks are carried out. `PROOF_STEPS=10000000000` plays a dispute about ten times as many steps.
 */
import { compileProgram } from "../../sdk/src/compile/index.ts";
import {
  createTrace,
  type Machine,
  machineOf,
  machineTask,
  type Trace,
} from "../../sdk/src/program/machine/index.ts";
import { memoryContent } from "../../sdk/src/protocol/content/memoryContent.ts";
import { putBytes } from "../../sdk/src/protocol/content/putBytes.ts";
import { kernels } from "../instrumentKernels.ts";
import { krumProgram, makeKernels } from "../kernels/kernels.ts";
import { playMoves, seconds } from "./moves.ts";

const STEPS = BigInt(process.env.PROOF_STEPS ?? 1_000_000_000);
const REPETITIONS = 3;

/** Writes all over 64 MiB, again and again: the most that there is to hash. */
const ALL_OVER = `
  const bytes = new Uint8Array(64 << 20);
  export function main(input: Uint8Array): Uint8Array {
    let x: u32 = 1;
    for (let r = load<u32>(input.dataStart); r > 0; r--) {
      for (let i = 0; i < 2000000; i++) {
        x ^= x << 13; x ^= x >> 17; x ^= x << 5;
        store<u32>(bytes.dataStart + ((x & 0xffffff) << 2), x);
      }
    }
    return new Uint8Array(4);
  }`;

async function taskOf(machine: Machine, bytes: Uint8Array) {
  const input = { cid: await putBytes(memoryContent(), bytes), bytes };
  return machineTask({ machine, maxSteps: 2n ** 62n, maxResultBytes: 64 << 20, input });
}

/** The input of a program that is told how many rounds to go. */
function rounds(count: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
}

interface Case {
  name: string;
  machine: Machine;
  input: Uint8Array;
}

async function cases(): Promise<Case[]> {
  const own = kernels.filter(({ name }) => name === "SHA-256" || name === "n-body");
  const [fire] = await makeKernels();
  if (fire === undefined) throw new Error("no kernel of fire detection");
  const krum = await krumProgram();
  return [
    ...(await Promise.all(
      own.map(async ({ name, source, rounds: count }) => ({
        name,
        machine: machineOf(await compileProgram({ source })),
        input: rounds(count),
      })),
    )),
    { name: "HOTMAP", machine: machineOf(fire.program), input: fire.input },
    { name: "Krum", machine: machineOf(krum.program), input: krum.input },
  ];
}

/** Steps a second from the first to the last of a task, compiling included but for the first time. */
async function rateOf({ name, machine, input }: Case) {
  const task = await taskOf(machine, input);
  let best = Number.POSITIVE_INFINITY;
  let steps = 0n;
  for (let i = 0; i < REPETITIONS; i++) {
    best = Math.min(
      best,
      seconds(() => {
        steps = createTrace(task).end().steps;
      }),
    );
  }
  return { name, steps: Number(steps), stepsPerSecond: Math.round(Number(steps) / best) };
}

/** A task of about so many steps, by a program whose steps follow its rounds. */
async function sized(source: string, unit: number): Promise<{ trace: Trace; steps: bigint }> {
  const machine = machineOf(await compileProgram({ source, memoryPages: 2_048 }));
  const { steps } = createTrace(await taskOf(machine, rounds(unit))).end();
  const count = Math.ceil((unit * Number(STEPS)) / Number(steps));
  const task = await taskOf(machine, rounds(count));
  return { trace: createTrace(task), steps: createTrace(task).end().steps };
}

async function disputeOf(name: string, source: string, unit: number) {
  const { trace, steps } = await sized(source, unit);
  const moves = playMoves(trace, steps).map((move) => Math.round(move * 1_000) / 1_000);
  return { name, steps: Number(steps), moveSeconds: Math.max(...moves), moves };
}

const disputed: Record<string, [source: string, unit: number]> = {
  "SHA-256": [kernels.find(({ name }) => name === "SHA-256")?.source as string, 20],
  "64 MiB": [ALL_OVER, 1],
};

const [name = ""] = process.argv.slice(2);
const dispute = disputed[name];
const rates = [];
if (dispute === undefined) for (const one of await cases()) rates.push(await rateOf(one));
const played = dispute === undefined ? { rates } : await disputeOf(name, ...dispute);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
process.stdout.write(`${JSON.stringify({ ...played, peakRssMb })}\n`);
