/**
 * What a dispute before the ProofArbiter costs, in gas with calldata at 16 gas a byte, how fast a party carries out a task, and how long it
 * takes for a move. Beside it stand figures of rollups' fraud proofs, each about a machine of its own.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { contentTree } from "../sdk/src/program/machine/blake3/contentTree.ts";
import { endOf, type MachineTask } from "../sdk/src/program/machine/index.ts";
import { dearestHostSteps } from "../test/contracts/proof/dearestHostSteps.ts";
import { dearestInstructions } from "../test/contracts/proof/dearestInstructions.ts";
import { machineOfKinds } from "../test/contracts/proof/instructionScenes.ts";
import { type Asked, deployHarness } from "../test/contracts/proof/onChain.ts";
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
import { gasOfProof, gasOfStep } from "../test/contracts/proof/provenGas.ts";
import { seededRandom } from "../test/fixtures/random.ts";

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

/** Random states of each instruction, and how many of them are looked at closely. */
const SCENES = { times: 12, count: 24 };

const print = (text: string) => process.stdout.write(`${text}\n`);

/** The dearest of some steps: each by itself, in a transaction that carries it out and does nothing else; and proved in a game. */
async function dearestOf(table: Table, steps: [name: string, task: MachineTask, asked: Asked][]) {
  let [alone, proved, name] = [0, 0, ""];
  for (const [one, task, asked] of steps) {
    const gas = await gasOfStep(table, task, asked);
    if (gas > alone) [alone, name] = [gas, one];
    proved = Math.max(proved, await gasOfProof(table, task, asked));
  }
  return { alone, proved, name };
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
  const random = seededRandom(1);
  const { task, scenes } = await dearestInstructions(await deployHarness(), random, SCENES);
  const instruction = await dearestOf(
    table,
    scenes.map(({ opcode, asked }) => [`0x${opcode.toString(16)}`, task, asked]),
  );
  const { alone: stepMaxGas, name: stepMaxOp } = instruction;
  const hostSteps = dearestHostSteps(random, machineOfKinds(random));
  const hostStep = await dearestOf(
    table,
    hostSteps.map(([name, one]) => [name, one.task, one.asked]),
  );
  const chunkProofGas = hostStep.alone;
  print(
    `one instruction of the largest program: at most ${stepMaxGas} gas (${stepMaxOp}), proved in a game ${instruction.proved}`,
  );
  print(
    `one step of the host: at most ${chunkProofGas} (${hostStep.name}), proved in a game ${hostStep.proved}`,
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
      ...{ hostProofGas: hostStep.proved, showGas, openGas, steps: Number(count) },
      maxTransactionGas: Math.max(most, showGas, instruction.proved, hostStep.proved),
      // Of the slowest kernel.
      stepsPerSecond: Math.min(...rates.map((rate) => rate.stepsPerSecond)),
      ...{ referenceStepsPerSecond, hashSecondsPer1MiB: hashSeconds() },
      moveSeconds: Math.max(...disputes.map((dispute) => dispute.moveSeconds)),
      peakRssMb,
    }),
  );
}
