/** Many steps of one task, carried out by the contracts in one call. */
import hre from "hardhat";
import {
  bytesToHex,
  concatHex,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
} from "viem";
import type { Machine, MachineTask, StepProof } from "../../../sdk/src/program/machine/index.ts";
import {
  machineArgument,
  stateArgument,
  taskArgument,
} from "../../../sdk/src/program/machine/index.ts";

const abi = parseAbi([
  "struct Machine { bytes32 codeRoot; uint256 codeDepth; bytes32 memoryRoot; bytes32 globalsRoot; uint256 globalsDepth; bytes32 tableRoot; uint256 tableDepth; bytes32 dataRoot; uint256 dataDepth; uint256 entries; uint256 pages; uint256 stepsPerFuel; uint256 slack; }",
  "struct MachineTask { uint256 maxFuel; uint256 maxResultBytes; bytes4 inputPrefix; bytes32 inputDigest; uint256 inputLength; }",
  "struct MachineState { uint256 header; bytes32 stackRoot; bytes32 memoryRoot; bytes32 globalsRoot; bytes32 own; }",
  "function nextOfAll(Machine machine, MachineTask task, MachineState[] states, bytes[] witnesses) view returns (bytes32[] results, uint256[] gas)",
]);

/** A step that the contracts are asked for: its state, and what is shown of it. */
export type Asked = Pick<StepProof, "header" | "roots" | "own" | "witness">;

export interface Answered {
  /** The state that follows; zero where the witness was refused. */
  next: Hex;
  gas: number;
}

/** What one call may take: some hundred steps. */
const CALL_GAS = 100_000_000n;
const STEPS_A_CALL = 200;
/** Steps that load or hash take a quarter of a million. */
const BYTES_A_CALL = 1 << 20;

export interface Chain {
  /** @param machine - its words are what counts. */
  next(machine: Machine, task: MachineTask, steps: readonly Asked[]): Promise<Answered[]>;
}

export async function deployHarness(): Promise<Chain> {
  // A later one caps what a call may take.
  const override = { blockGasLimit: CALL_GAS, hardfork: "prague" };
  const { viem } = await hre.network.create({ override });
  const verifiers = [];
  for (const name of ["InstructionVerifier", "HostStepVerifier"]) {
    verifiers.push((await viem.deployContract(name)).address);
  }
  const { address } = await viem.deployContract("StepHarness", verifiers);
  const client = await viem.getPublicClient();
  return {
    async next(machine, task, steps) {
      const answers: Answered[] = [];
      for (const some of inCalls(steps)) {
        const call = { abi, functionName: "nextOfAll" } as const;
        const input = encodeFunctionData({
          ...call,
          args: [
            ...([machineArgument(machine), taskArgument(task)] as const),
            some.map(stateArgument),
            some.map(({ witness }) => bytesToHex(witness)),
          ],
        });
        const { data = "0x" } = await client.call({ to: address, data: input, gas: CALL_GAS });
        const [results, gas] = decodeFunctionResult({ ...call, data });
        for (const [index, next] of results.entries()) {
          answers.push({ next, gas: Number(gas[index]) });
        }
      }
      return answers;
    },
  };
}

function inCalls(steps: readonly Asked[]): Asked[][] {
  const calls: Asked[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const step of steps) {
    const last = calls.at(-1);
    if (last === undefined || last.length === STEPS_A_CALL || bytes > BYTES_A_CALL) {
      calls.push([step]);
      bytes = 0;
    } else last.push(step);
    bytes += step.witness.length;
  }
  return calls;
}

/** The hash of a state, as the arbiter takes it. */
export function hashOfState(step: Asked): Hex {
  const { header, stackRoot, memoryRoot, globalsRoot, own } = stateArgument(step);
  const word = numberToHex(header, { size: 32 });
  return keccak256(concatHex([word, stackRoot, memoryRoot, globalsRoot, own]));
}
