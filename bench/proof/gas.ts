/** Gas of disputes before the ProofArbiter, with calldata at 16 gas a byte. */
import type { MachineTask } from "../../sdk/src/program/machine/index.ts";
import { dearestHostSteps } from "../../test/contracts/proof/dearestHostSteps.ts";
import { dearestInstructions } from "../../test/contracts/proof/dearestInstructions.ts";
import { machineOfKinds } from "../../test/contracts/proof/instructionScenes.ts";
import { type Asked, deployHarness } from "../../test/contracts/proof/onChain.ts";
import {
  deploy,
  honest,
  type KnownTask,
  knownTask,
  lastOf,
  lyingFrom,
  play,
  showMost,
  type Table,
  wrongLeaf,
} from "../../test/contracts/proof/players.ts";
import { gasOfProof, gasOfStep } from "../../test/contracts/proof/provenGas.ts";
import { seededRandom } from "../../test/fixtures/random.ts";

/** Fuel with which the bound on steps is 2⁴⁰, and so a dispute has the most moves that are asked about. */
const LONGEST = 30_000_000_000n;

/** Random states of each instruction, and how many of them are looked at closely. */
const SCENES = { times: 12, count: 24 };

/** The dearest of some steps. */
interface Dearest {
  name: string;
  /** In a transaction that carries it out and does nothing else. */
  alone: number;
  /** Proved in a game. */
  proved: number;
}

export interface ProofGas {
  /** Of the largest program. */
  instruction: Dearest;
  hostStep: Dearest;
  /** Of 2⁴⁰ steps, of both parties together. */
  dispute: { moves: number; gas: number; moveGas: number; openGas: number };
  /** The same if the dearest step of all decides it. */
  worstDisputeGas: number;
  /** A chunk of a withheld result of 1 MiB. */
  showGas: number;
  maxTransactionGas: number;
  known: KnownTask;
}

async function dearestOf(
  table: Table,
  steps: [name: string, task: MachineTask, asked: Asked][],
): Promise<Dearest> {
  const dearest = { name: "", alone: 0, proved: 0 };
  for (const [name, task, asked] of steps) {
    const alone = await gasOfStep(table, task, asked);
    if (alone > dearest.alone) Object.assign(dearest, { alone, name });
    dearest.proved = Math.max(dearest.proved, await gasOfProof(table, task, asked));
  }
  return dearest;
}

export async function measureProofGas(): Promise<ProofGas> {
  const table = await deploy({ hardfork: "cancun" });
  const known = await knownTask({ maxSteps: LONGEST });
  const random = seededRandom(1);
  const { task, scenes } = await dearestInstructions(await deployHarness(), random, SCENES);
  const instruction = await dearestOf(
    table,
    scenes.map(({ opcode, asked }) => [`0x${opcode.toString(16)}`, task, asked]),
  );
  const hostSteps = dearestHostSteps(random, machineOfKinds(random));
  const hostStep = await dearestOf(
    table,
    hostSteps.map(([name, one]) => [name, one.task, one.asked]),
  );
  const worker = lyingFrom(known, 1, lastOf(wrongLeaf));
  const { most, proveGas, ...dispute } = await play(table, known, {
    ...{ entry: wrongLeaf, worker, challenger: honest(known) },
  });
  const showGas = await showMost(table, known, new Uint8Array(1 << 20).fill(7));
  const dearestProof = Math.max(instruction.proved, hostStep.proved);
  return {
    ...{ instruction, hostStep, dispute, showGas, known },
    worstDisputeGas: dispute.gas - proveGas + dearestProof,
    maxTransactionGas: Math.max(most, showGas, dearestProof),
  };
}
