/**
 * What a dispute before the ProofArbiter costs, in gas with calldata at 16 gas a byte, how fast a party carries out a task, and how long it
 * takes for a move. Beside it stand figures of rollups' fraud proofs, each about a machine of its own.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { contentTree } from "../sdk/src/program/machine/blake3/contentTree.ts";
import { endOf } from "../sdk/src/program/machine/index.ts";
import { measureProofGas } from "./proof/gas.ts";

/** Millions of gas for one step and for a whole dispute: `docs/decisions/0019` has the sources. */
const PEERS = {
  "Nitro (WAVM)": { step: 1.21, dispute: null },
  "OP (Cannon, MIPS)": { step: 0.059, dispute: 28.5 },
  Asterisc: { step: 0.175, dispute: null },
  "Cartesi Dave": { step: null, dispute: 9.5 },
  BoLD: { step: null, dispute: 10 },
};

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Of the BLAKE3 tree over 1 MiB, every chaining value of it, in seconds. */
function hashSeconds(): number {
  const started = performance.now();
  contentTree(new Uint8Array(1 << 20)).path(0);
  return (performance.now() - started) / 1_000;
}

/** What `proof/party.ts` prints of tasks. */
interface Rates {
  rates: { name: string; steps: number; stepsPerSecond: number }[];
}

/** What it prints of a dispute. */
interface DisputeFigures {
  name: string;
  steps: number;
  moveSeconds: number;
  peakRssMb: number;
}

/** What `proof/largest.ts` prints. */
interface LargestFigures {
  bytes: number;
  instructions: number;
  rootSeconds: number;
  machineSeconds: number;
  firstMoveSeconds: number;
  moveSeconds: number;
  peakRssMb: number;
}

/** By a process of its own, so that nothing else is in its memory. */
function figuresOf<Figures>(name: string, ...args: string[]): Figures {
  const script = fileURLToPath(new URL(`proof/${name}.ts`, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench/proof/${name}.ts ended with ${status}`);
  return JSON.parse(stdout);
}

function measureRates(): number[] {
  const { rates }: Rates = figuresOf("party");
  for (const { name, steps, stepsPerSecond } of rates) {
    print(`compiled, ${name}: ${steps} steps, ${millions(stepsPerSecond)} million a second`);
  }
  return rates.map(({ stepsPerSecond }) => stepsPerSecond);
}

function measureDispute(which: string): DisputeFigures {
  const figures: DisputeFigures = figuresOf("party", which);
  const { name, steps, moveSeconds, peakRssMb } = figures;
  print(`a dispute of ${steps} steps, ${name}: at most ${moveSeconds} s a move, ${peakRssMb} MB`);
  return figures;
}

function measureLargest(): void {
  const largest: LargestFigures = figuresOf("largest");
  const { bytes, instructions, rootSeconds, machineSeconds, peakRssMb } = largest;
  print(
    `a program of ${bytes} bytes and ${instructions} instructions: machine root ${rootSeconds} s, machine ${machineSeconds} s, first move ${largest.firstMoveSeconds} s, others at most ${largest.moveSeconds} s, ${peakRssMb} MB`,
  );
}

const millions = (value: number) => Math.round(value / 1e6);

export async function proof(): Promise<void> {
  const measured = await measureProofGas();
  const { instruction, hostStep, dispute, worstDisputeGas, showGas, maxTransactionGas } = measured;
  print(
    `one instruction of the largest program: at most ${instruction.alone} gas (${instruction.name}), proved in a game ${instruction.proved}`,
  );
  print(
    `one step of the host: at most ${hostStep.alone} (${hostStep.name}), proved in a game ${hostStep.proved}`,
  );
  const { moves, gas, moveGas, openGas } = dispute;
  print(
    `a dispute of 2⁴⁰ steps: ${gas} gas of both parties in ${moves} moves, ${moveGas} a move; ${worstDisputeGas} if the dearest step decides it; ${maxTransactionGas} the largest transaction`,
  );
  for (const [name, { step, dispute: whole }] of Object.entries(PEERS)) {
    print(`${name}: ${step ?? "–"} million gas a step, ${whole ?? "–"} million a dispute`);
  }
  print(`showing a chunk of a withheld result of 1 MiB: ${showGas} gas`);

  const started = performance.now();
  const { steps: count } = endOf(measured.known.task);
  const seconds = (performance.now() - started) / 1_000;
  const referenceStepsPerSecond = Math.round(Number(count) / seconds);
  print(`the reference: ${referenceStepsPerSecond} steps a second`);
  measureLargest();
  const rates = measureRates();
  const disputes = ["SHA-256", "64 MiB"].map(measureDispute);
  print(
    JSON.stringify({
      ...{ stepMaxGas: instruction.alone, stepMaxOp: instruction.name, moveGas },
      ...{ chunkProofGas: hostStep.alone, disputeGas: gas, worstDisputeGas, disputeMoves: moves },
      ...{ hostProofGas: hostStep.proved, showGas, openGas, steps: Number(count) },
      maxTransactionGas,
      // Of the slowest kernel.
      stepsPerSecond: Math.min(...rates),
      ...{ referenceStepsPerSecond, hashSecondsPer1MiB: hashSeconds() },
      moveSeconds: Math.max(...disputes.map(({ moveSeconds }) => moveSeconds)),
      peakRssMb: Math.max(...disputes.map(({ peakRssMb }) => peakRssMb)),
    }),
  );
}
