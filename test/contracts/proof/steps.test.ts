import hre from "hardhat";
import { bytesToHex, getContract, type Hex, parseAbi, toHex } from "viem";
import { beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { compileProgram } from "../../../sdk/src/compile/index.ts";
import {
  machineArgument,
  stateArgument,
  taskArgument,
} from "../../../sdk/src/program/machine/chain/arguments.ts";
import { headerWord, PHASE } from "../../../sdk/src/program/machine/core/state.ts";
import { type Machine, machineOf } from "../../../sdk/src/program/machine/image/machine.ts";
import {
  createExecution,
  endOf,
  type StepProof,
} from "../../../sdk/src/program/machine/task/execution.ts";
import { type MachineTask, machineTask } from "../../../sdk/src/program/machine/task/task.ts";
import { memoryContent } from "../../../sdk/src/protocol/content/memoryContent.ts";
import { putBytes } from "../../../sdk/src/protocol/content/putBytes.ts";
import { Outcome } from "../../../sdk/src/protocol/job/job.ts";
import { type Random, seededRandom } from "../../fixtures/random.ts";

/** The first byte of the input chooses what becomes of it. */
const source = `
  let calls = 0;
  function deep(n: i32): i32 { return n == 0 ? 0 : 1 + deep(n - 1); }
  export function main(input: Uint8Array): Uint8Array {
    calls += 1;
    if (input.length == 0) return input;
    switch (input[0]) {
      case 0: return input;
      case 1: throw new Error("no");
      case 2: while (true) calls += 1;
      case 3: return new Uint8Array(2000);
      case 4: {
        const result = new Uint8Array(64);
        let sum: f64 = 0;
        for (let i = 1; i < 12; i++) sum += Math.sqrt(<f64>i) / 3.0;
        store<f64>(result.dataStart + 29, sum);
        store<f32>(result.dataStart + 40, <f32>sum);
        store<i32>(result.dataStart + 50, deep(5));
        memory.copy(result.dataStart + 3, result.dataStart + 20, 40);
        memory.copy(result.dataStart + 20, result.dataStart + 3, 40);
        memory.fill(result.dataStart + 1, 7, 45);
        return result;
      }
    }
    return input;
  }`;

const filled = (length: number, first: number) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
  if (length > 0) bytes[0] = first;
  return bytes;
};

const abi = parseAbi([
  "struct Machine { bytes32 codeRoot; uint256 codeDepth; bytes32 memoryRoot; bytes32 globalsRoot; uint256 globalsDepth; bytes32 tableRoot; uint256 tableDepth; bytes32 dataRoot; uint256 dataDepth; uint256 entries; uint256 pages; uint256 stepsPerFuel; uint256 slack; }",
  "struct MachineTask { uint256 maxFuel; uint256 maxResultBytes; bytes4 inputPrefix; bytes32 inputDigest; uint256 inputLength; }",
  "struct MachineState { uint256 header; bytes32 stackRoot; bytes32 memoryRoot; bytes32 globalsRoot; bytes32 own; }",
  "function next(Machine machine, MachineTask task, MachineState state, bytes witness) pure returns (bytes32)",
]);

async function deploy() {
  const { viem } = await hre.network.create();
  const client = await viem.getPublicClient();
  const [instructions, host] = await Promise.all(
    ["InstructionVerifier", "HostStepVerifier"].map(async (name) => {
      const { address } = await viem.deployContract(name);
      return getContract({ abi, address, client });
    }),
  );
  if (instructions === undefined || host === undefined) throw new Error("nothing was deployed");
  return { instructions, host };
}

let machine: Machine;
let verifiers: Awaited<ReturnType<typeof deploy>>;
beforeAll(async () => {
  machine = machineOf(await compileProgram({ source, memoryPages: 128 }));
  verifiers = await deploy();
});

async function taskOf(input: Uint8Array, maxSteps = 1_000_000n): Promise<MachineTask> {
  const cid = await putBytes(memoryContent(), input);
  return machineTask({ machine, maxSteps, maxResultBytes: 8 << 20, input: { cid, bytes: input } });
}

type State = ReturnType<typeof stateArgument>;

/** The hash that the chain comes to. */
function nextOnChain(task: MachineTask, state: State, witness: Hex): Promise<Hex> {
  const phase = Number(state.header >> 248n);
  const runs = phase >= PHASE.start && phase <= PHASE.run;
  const { read } = runs ? verifiers.instructions : verifiers.host;
  return read.next([machineArgument(machine), taskArgument(task), state, witness]);
}

describe("the chain takes each step to the state that the reference takes it to", () => {
  test.each([
    ["a result of floats, calls, copies", filled(700, 4), 1n, Outcome.ok],
    ["no input", filled(0, 0), 1n, Outcome.ok],
    ["a trap", filled(10, 1), 1n, Outcome.trap],
    ["no end", filled(10, 2), 41n, Outcome.overLimit],
    ["several chunks, the last of one byte", filled(4_097, 0), 1n, Outcome.ok],
    ["2 MiB and a bit", filled((2 << 20) + 1_500, 0), 229n, Outcome.ok],
  ])("%s", async (_, input, every, outcome) => {
    const task = await taskOf(input, outcome === Outcome.overLimit ? 20_000n : 1_000_000n);
    const execution = createExecution(task);
    const { steps } = endOf(task);
    while (execution.ending === undefined) {
      const proof = execution.prove();
      const isLast = execution.steps > steps - 3n;
      if (execution.steps % every !== 0n && !isLast) continue;
      const seen = await nextOnChain(task, stateArgument(proof), bytesToHex(proof.witness));
      expect([execution.steps, seen]).toEqual([execution.steps, bytesToHex(proof.after)]);
    }
    expect(execution.ending.outcome).toBe(outcome);
    expect(execution.steps).toBe(steps);
  });
});

/** One bit of a proof, changed. */
function mutated(random: Random, proof: StepProof): { state: State; witness: Hex } {
  const state = stateArgument(proof);
  const witness = proof.witness.slice();
  const fields = ["stackRoot", "memoryRoot", "globalsRoot", "own"] as const;
  const kind = random.below(witness.length === 0 ? 5 : 9);
  if (kind < 4) {
    const name = fields[kind] as (typeof fields)[number];
    state[name] = toHex(BigInt(state[name]) ^ (1n << BigInt(random.below(256))), { size: 32 });
  } else if (kind === 4) {
    state.header ^= 1n << BigInt(24 + random.below(232));
  } else {
    const at = random.below(witness.length);
    witness[at] = (witness[at] as number) ^ (1 << random.below(8));
  }
  return { state, witness: bytesToHex(witness) };
}

test("a proof of which one bit is changed gives no other successor of the same state", async () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const task = await taskOf(filled(2_500, 4));
  const execution = createExecution(task);
  let [refused, other] = [0, 0];
  while (execution.ending === undefined) {
    const proof = execution.prove();
    const isHost = proof.header.phase < PHASE.start || proof.header.phase > PHASE.run;
    if (!isHost && random.below(10) > 0) continue;
    const { state, witness } = mutated(random, proof);
    const isSameState =
      state.header === headerWord(proof.header) &&
      Object.entries(stateArgument(proof)).every(
        ([name, value]) => state[name as keyof State] === value,
      );
    const seen = await nextOnChain(task, state, witness).catch(() => undefined);
    if (seen === undefined) refused += 1;
    else {
      // Another state has a successor of its own; the same state has none but its own.
      expect([execution.steps, isSameState]).toEqual([execution.steps, false]);
      other += 1;
    }
  }
  expect(refused).toBeGreaterThan(20);
  expect(other).toBeGreaterThan(0);
});
