/** What the transaction takes by which a party proves one step, whatever the step. */
import {
  bytesToHex,
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  stringToHex,
  zeroHash,
} from "viem";
import { instructionVerifierAbi } from "../../../sdk/src/generated/instructionVerifierAbi.ts";
import { proofArbiterAbi as abi } from "../../../sdk/src/generated/proofArbiterAbi.ts";
import {
  type MachineTask,
  machineArgument,
  PHASE,
  stateArgument,
  taskArgument,
} from "../../../sdk/src/program/machine/index.ts";
import { idOf } from "../dispute.ts";
import { packed } from "../storage.ts";
import { type Asked, hashOfState } from "./onChain.ts";
import { CLOCK_SECONDS, openDispute, type Table, wrongLeaf } from "./players.ts";
import { creditSlot, gameSlot, Stage } from "./storage.ts";

/** What a zero byte of calldata takes less than another: everything is counted at 16 gas a byte. */
const ZERO_BYTE_SAVES = 12;

const [, task] = getAbiItem({ abi: instructionVerifierAbi, name: "next" }).inputs;

/** The last stage of a game, stored as it is after all its moves: the state before this step is agreed on. */
async function openLastStage(table: Table, proved: MachineTask, asked: Asked) {
  const { dispute } = await openDispute(
    table,
    { machine: proved.machine, task: proved },
    wrongLeaf,
  );
  const posted = Array.from({ length: 16 }, (_, index) => keccak256(stringToHex(`state ${index}`)));
  const client = await table.viem.getPublicClient();
  const { timestamp } = await client.getBlock();
  const words = [
    packed(
      [timestamp, 40],
      [CLOCK_SECONDS, 32],
      [CLOCK_SECONDS, 32],
      [0, 8],
      [1, 8],
      [0, 8],
      [Stage.playing, 8],
    ),
    hashOfState(asked),
    keccak256(encodeAbiParameters([{ type: "bytes32[16]" }], [posted as never])),
    keccak256(
      encodeAbiParameters(
        [{ type: "bytes32" }, task],
        [proved.machine.root, taskArgument(proved) as never],
      ),
    ),
  ];
  const testClient = await table.viem.getTestClient();
  const store = (slot: bigint, value: Hex) =>
    testClient.setStorageAt({
      address: table.address,
      index: numberToHex(slot, { size: 32 }),
      value,
    });
  const first = gameSlot(idOf(dispute));
  for (const [index, value] of words.entries()) await store(first + BigInt(index), value);
  // Who wins its first fee pays for the slot.
  await store(creditSlot(dispute.requester), zeroHash);
  return { dispute, posted };
}

/** What a transaction takes if each byte of its calldata is counted at 16 gas. */
const counted = (gas: bigint, data: Hex): number =>
  Number(gas) + ZERO_BYTE_SAVES * hexToBytes(data).filter((byte) => byte === 0).length;

/** Gas of a whole transaction that proves this step and ends a game. */
export async function gasOfProof(table: Table, proved: MachineTask, asked: Asked): Promise<number> {
  const { dispute, posted } = await openLastStage(table, proved, asked);
  const args = [...[dispute, posted, 0], ...shown(proved, asked)];
  const gas = await table.send(table.challenger, "prove", args);
  return counted(gas, encodeFunctionData({ abi, functionName: "prove", args: args as never }));
}

/** Gas of a transaction that carries out this step and does nothing else. */
export async function gasOfStep(table: Table, proved: MachineTask, asked: Asked): Promise<number> {
  const call = { abi: instructionVerifierAbi, functionName: "next" } as const;
  const args = shown(proved, asked) as never;
  const { phase } = asked.header;
  const isRunning = phase >= PHASE.start && phase <= PHASE.run;
  const client = await table.viem.getPublicClient();
  const gas = await client.estimateContractGas({
    ...{ ...call, args, account: table.stranger.account },
    address: isRunning ? table.parameters.instructionVerifier : table.parameters.hostStepVerifier,
  });
  return counted(gas, encodeFunctionData({ ...call, args }));
}

const shown = (proved: MachineTask, asked: Asked) => [
  ...[machineArgument(proved.machine), taskArgument(proved), stateArgument(asked)],
  bytesToHex(asked.witness),
];
