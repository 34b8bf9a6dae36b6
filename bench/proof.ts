/**
 * What a dispute before the ProofArbiter costs, in gas with calldata at 16 gas a byte, how fast a party carries out a task, and how long it
 * takes for a move. Beside it stand figures of rollups' fraud proofs, each about a machine of its own.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { contentTree } from "../sdk/src/program/machine/blake3/contentTree.ts";
import { endOf, type StepProof } from "../sdk/src/program/machine/index.ts";
import { instructionAt } from "../sdk/src/program/machine/step/enter.ts";
import {
  deploy,
  honest,
  knownTask,
  lastOf,
  lyingFrom,
  play,
  showMost,
  type Table,
  wrongLeaf,
} from "../test/contracts/proof/players.ts";

/** Fuel with which the bound on steps is 2⁴⁰, and so a dispute has the most moves that are asked about. */
const LONGEST = 30_000_000_000n;

/** Millions of gas for one step and for a whole dispute: `docs/decisions/0019` has the sources. */
const PEERS = {
  "Nitro (WAVM)": { step: 1.21, dispute: null },
  "OP (Cannon, MIPS)": { step: 0.059, dispute: 28.5 },
  Asterisc: { step: 0.175, dispute: null },
  "Cartesi Dave": { step: null, dispute: 9.5 },
  BoLD: { step: null, dispute: 10 },
};

const ECHO = "export function main(input: Uint8Array): Uint8Array { return input; }";

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Gas of one step by itself: a transaction that proves it, and nothing else. */
async function gasOfSteps(table: Table, known: Awaited<ReturnType<typeof knownTask>>) {
  const gas = new Map<string, number>();
  const longest = new Map<string, number>();
  for (const proof of known.proofs) {
    const name = nameOf(proof, known.machine.flat.code);
    if (proof.witness.length <= (longest.get(name) ?? -1)) continue;
    longest.set(name, proof.witness.length);
    gas.set(name, Math.max(gas.get(name) ?? 0, await table.gasOfStep(proof, known)));
  }
  return gas;
}

function nameOf({ header }: StepProof, code: Uint8Array): string {
  const isRunning = header.phase >= 1 && header.phase <= 3;
  return isRunning
    ? `0x${instructionAt(code, header.pc).opcode.toString(16)}`
    : `phase ${header.phase}`;
}

/** Of the BLAKE3 tree over 1 MiB, every chaining value of it, in seconds. */
function hashSeconds(): number {
  const started = performance.now();
  contentTree(new Uint8Array(1 << 20)).path(0);
  return (performance.now() - started) / 1_000;
}

/** What `proof/party.ts` prints. */
interface PartyFigures {
  rates: { name: string; steps: number; stepsPerSecond: number }[];
  disputes: { name: string; steps: number; moveSeconds: number }[];
  peakRssMb: number;
}

/** By a process of its own, so that nothing else is in its memory. */
function measureParty(): PartyFigures {
  const script = fileURLToPath(new URL("proof/party.ts", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench/proof/party.ts ended with ${status}`);
  const figures: PartyFigures = JSON.parse(stdout);
  for (const { name, steps, stepsPerSecond } of figures.rates) {
    print(`compiled, ${name}: ${steps} steps, ${millions(stepsPerSecond)} million a second`);
  }
  for (const { name, steps, moveSeconds } of figures.disputes) {
    print(`a dispute of ${steps} steps, ${name}: at most ${moveSeconds} s a move`);
  }
  print(`a party's memory at its peak: ${figures.peakRssMb} MB`);
  return figures;
}

const millions = (value: number) => Math.round(value / 1e6);

export async function proof(): Promise<void> {
  const table = await deploy({ hardfork: "cancun" });
  const known = await knownTask({ maxSteps: LONGEST });
  const steps = await gasOfSteps(table, known);
  // Whole chunks are loaded and hashed only where there is as much.
  const echo = await knownTask({ program: ECHO, input: new Uint8Array(2_500).fill(7) });
  const chunks = await gasOfSteps(table, echo);
  const instructions = [...steps].filter(([name]) => name.startsWith("0x"));
  const [stepMaxOp = "", stepMaxGas = 0] = instructions.toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const chunkProofGas = Math.max(chunks.get("phase 8") ?? 0, chunks.get("phase 9") ?? 0);
  print(
    `one instruction: at most ${stepMaxGas} gas (${stepMaxOp}); a chunk of 1 KiB: ${chunkProofGas}`,
  );

  const worker = lyingFrom(known, 1, lastOf(wrongLeaf));
  const { moves, gas, moveGas, openGas, most } = await play(table, known, {
    ...{ entry: wrongLeaf, worker, challenger: honest(known) },
  });
  print(
    `a dispute of 2⁴⁰ steps: ${gas} gas of both parties in ${moves} moves, ${moveGas} a move, ${most} the largest transaction`,
  );
  for (const [name, { step, dispute }] of Object.entries(PEERS)) {
    print(`${name}: ${step ?? "–"} million gas a step, ${dispute ?? "–"} million a dispute`);
  }

  const showGas = await showMost(table, known, new Uint8Array(1 << 20).fill(7));
  print(`showing a chunk of a withheld result of 1 MiB: ${showGas} gas`);

  const started = performance.now();
  const { steps: count } = endOf(known.task);
  const seconds = (performance.now() - started) / 1_000;
  const referenceStepsPerSecond = Math.round(Number(count) / seconds);
  print(`the reference: ${referenceStepsPerSecond} steps a second`);
  const { rates, disputes, peakRssMb } = measureParty();
  print(
    JSON.stringify({
      ...{ stepMaxGas, stepMaxOp, moveGas, chunkProofGas, disputeGas: gas, disputeMoves: moves },
      ...{ showGas, maxTransactionGas: Math.max(most, showGas), openGas, steps: Number(count) },
      // Of the slowest kernel.
      stepsPerSecond: Math.min(...rates.map((rate) => rate.stepsPerSecond)),
      ...{ referenceStepsPerSecond, hashSecondsPer1MiB: hashSeconds() },
      moveSeconds: Math.max(...disputes.map((dispute) => dispute.moveSeconds)),
      peakRssMb,
    }),
  );
}
