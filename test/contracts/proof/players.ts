/** Two parties of a dispute before the ProofArbiter, who move by what they claim the task's states to be. */
import hre from "hardhat";
import {
  type Abi,
  type Address,
  bytesToHex,
  type Hex,
  keccak256,
  stringToHex,
  toHex,
  zeroHash,
} from "viem";
import { compileProgram } from "../../../sdk/src/compile/index.ts";
import { proofArbiterAbi as abi } from "../../../sdk/src/generated/proofArbiterAbi.ts";
import {
  type ChunksToShow,
  doneHash,
  firstExponent,
  type Machine,
  type MachineTask,
  machineArgument,
  machineOf,
  machineTask,
  nextToShow,
  type StepProof,
  stateArgument,
  taskArgument,
} from "../../../sdk/src/program/machine/index.ts";
import { fromChainCid, toChainCid } from "../../../sdk/src/protocol/cid/chainCid.ts";
import { cidOf } from "../../../sdk/src/protocol/cid/cidOf.ts";
import { outcomeCode, type ResultEntry } from "../../../sdk/src/protocol/job/job.ts";
import { inputLeaf, resultLeaf } from "../../../sdk/src/protocol/merkle/leaf.ts";
import { type DisputeTuple, idOf } from "../dispute.ts";
import { harnessAbi } from "../jury/court.ts";
import { hashSpec, hashTerms, spec as someSpec, termsOf } from "../market.ts";
import { noCid } from "../results.ts";
import { type Claim, courseOf } from "./liars.ts";

const source = `export function main(input: Uint8Array): Uint8Array {
  let sum: f64 = 0;
  for (let i = 0; i < input.length; i++) sum += Math.sqrt(<f64>input[i]);
  const result = new Uint8Array(8);
  store<f64>(result.dataStart, sum);
  return result;
}`;
const INPUT = Uint8Array.from({ length: 12 }, (_, index) => index * 5);
const MAX_STEPS = 20_000n;
export const FEE = 1_000n;
export const CLOCK_SECONDS = 3_600;
export const Ruling = { none: 0, workerWrong: 2, challengeFailed: 5 };
export const POSTED = 16;

/** A task as it is. */
export interface KnownTask {
  machine: Machine;
  task: MachineTask;
  /** The hashes of all its states; behind the last one it stays. */
  truth: readonly Hex[];
  proofs: readonly StepProof[];
  rightLeaf: ResultEntry;
}

/** @param program - AssemblyScript. */
export async function knownTask({
  maxSteps = MAX_STEPS,
  program = source,
  input = INPUT,
}: {
  maxSteps?: bigint;
  program?: string;
  input?: Uint8Array;
} = {}): Promise<KnownTask> {
  const machine = machineOf(await compileProgram({ source: program, memoryPages: 64 }));
  const named = { cid: cidOf(input), bytes: input };
  const task = machineTask({ machine, maxSteps, maxResultBytes: 4_096, input: named });
  const { truth, proofs, ending } = courseOf(task);
  const { outcome, prefix, digest, byteLength } = ending;
  if (outcome !== "ok") throw new Error("it has a result");
  const cid = fromChainCid({ prefix: toHex(prefix, { size: 4 }), digest: bytesToHex(digest) });
  return { machine, task, truth, proofs, rightLeaf: { outcome, cid, byteLength } };
}

export const honest =
  ({ truth }: KnownTask): Claim =>
  (step) =>
    truth[Math.min(step, truth.length - 1)] as Hex;

/** The truth up to a step, and something else behind it. */
export const lyingFrom =
  (known: KnownTask, first: number, last?: Hex): Claim =>
  (step) => {
    if (step < first) return honest(known)(step);
    const isEnded = step >= known.truth.length - 1;
    return isEnded && last !== undefined ? last : keccak256(stringToHex(`lie ${step}`));
  };

export const leafArgument = (entry: ResultEntry) => ({
  position: 0,
  outcome: outcomeCode(entry.outcome),
  cid: entry.outcome === "ok" ? toChainCid(entry.cid) : noCid,
  byteLength: entry.outcome === "ok" ? entry.byteLength : 0,
});

/** @param hardfork - of the chain. Default: the newest, which takes at least 40 gas for a byte of calldata, where others take 16. */
export async function deploy({ hardfork = "osaka" }: { hardfork?: string } = {}) {
  const { viem, provider } = await hre.network.create({ override: { hardfork } });
  const client = await viem.getPublicClient();
  const [worker, challenger, stranger, requester] = await viem.getWalletClients();
  const addressOf = async (name: string, args: unknown[] = []) =>
    (await viem.deployContract(name, args)).address;
  const marketplace = await addressOf("HarnessMarketplace");
  const instructionVerifier = await addressOf("InstructionVerifier");
  const hostStepVerifier = await addressOf("HostStepVerifier");
  const parameters = {
    ...{ marketplace, instructionVerifier, hostStepVerifier },
    ...{ feeWei: FEE, clockSeconds: CLOCK_SECONDS },
  };
  const address = await addressOf("ProofArbiter", [parameters]);
  if (!worker || !challenger || !stranger || !requester) throw new Error("no accounts");
  const call = async (
    by: typeof worker,
    request: { abi: Abi; address: Address; functionName: string; args: readonly unknown[] },
    value = 0n,
  ) => {
    const simulated = await client.simulateContract({ ...request, value, account: by.account });
    const hash = await by.writeContract(simulated.request);
    const { gasUsed } = await client.waitForTransactionReceipt({ hash });
    return gasUsed;
  };
  const send = (
    by: typeof worker,
    functionName: string,
    args: readonly unknown[],
    value = 0n,
  ): Promise<bigint> => call(by, { abi: abi as Abi, address, functionName, args }, value);
  /** The marketplace opens a dispute. */
  const open = (dispute: DisputeTuple, value = FEE): Promise<bigint> => {
    const harness = { abi: [...harnessAbi, ...abi] as Abi, address: marketplace };
    const args = [address, dispute];
    return call(stranger, { ...harness, functionName: "open", args }, value);
  };
  const read = (functionName: string, args: readonly unknown[]) =>
    client.readContract({ abi: abi as Abi, address, functionName, args });
  const passTime = async (seconds: number) => {
    await provider.request({ method: "evm_increaseTime", params: [seconds] });
    await provider.request({ method: "evm_mine" });
  };
  const parties = { worker, challenger, stranger, requester };
  return { ...parties, viem, address, parameters, send, open, read, passTime };
}

export type Table = Awaited<ReturnType<typeof deploy>>;

/** How many were opened: each has a number of its own. */
export let disputes = 0;

/** A dispute about a leaf, opened; each of its own. */
export async function openDispute(
  table: Table,
  { machine, task }: Pick<KnownTask, "machine" | "task">,
  entry: ResultEntry,
  changes: Partial<DisputeTuple> = {},
) {
  const { inputPrefix: prefix, inputDigest: digest, inputLength } = taskArgument(task);
  const input = { cid: fromChainCid({ prefix, digest }), byteLength: task.input.bytes.length };
  const spec = {
    ...someSpec,
    inputRoot: bytesToHex(inputLeaf(0, input)),
    maxResultBytes: task.maxResultBytes,
    maxSteps: task.maxFuel,
    machineRoot: machine.root,
  };
  const requester = table.requester.account.address;
  const terms = termsOf(requester, { taskCount: 1, batchSize: 1, specHash: hashSpec(spec) });
  disputes += 1;
  const dispute: DisputeTuple = {
    ...{
      job: hashTerms(terms),
      specHash: hashSpec(spec),
      batch: 0,
      round: 0,
      number: disputes,
      position: 0,
    },
    ...{ ground: 1, requester, worker: table.worker.account.address },
    challenger: table.challenger.account.address,
    resultRoot: keccak256(stringToHex("root")),
    resultLeaf: bytesToHex(resultLeaf(0, entry)),
    answer: keccak256(stringToHex("answer")),
    ...{ openedAt: 1, bond: 1n, fee: FEE, ...changes },
  };
  await table.open(dispute);
  const beginning = {
    ...{ terms, spec, machine: machineArgument(machine), inputProof: [] },
    ...{ input: { prefix, digest }, inputLength },
    result: leafArgument(entry),
  };
  return { dispute, beginning };
}

/** The most gas that a call takes by which a worker shows the last eight chunks of its result. */
export async function showMost(table: Table, known: KnownTask, bytes: Uint8Array) {
  const entry = { outcome: "ok", cid: cidOf(bytes), byteLength: bytes.length } as const;
  const changes = { ground: 2, answer: zeroHash };
  const { dispute, beginning } = await openDispute(table, known, entry, changes);
  const last = Math.ceil(bytes.length / 1_024) - 1;
  const chunks = Array.from({ length: 8 }, (_, index) => last - 7 + index);
  await table.send(table.challenger, "ask", [dispute, beginning.result, chunks]);
  for (let most = 0; ; ) {
    const request = (await table.read("request", [idOf(dispute)])) as ChunksToShow;
    const next = nextToShow(bytes, request);
    if (next === undefined) return most;
    const args = [dispute, beginning.result, next.place, next.witness];
    most = Math.max(most, Number(await table.send(table.worker, "show", args)));
  }
}

export const rulingOf = async (table: Table, dispute: DisputeTuple) =>
  (await table.read("ruling", [idOf(dispute)])) as number;

/** Plays a dispute to its end: each party moves by what it claims, until one cannot. */
export async function play(
  table: Table,
  known: KnownTask,
  { entry, worker, challenger }: { entry: ResultEntry; worker: Claim; challenger: Claim },
) {
  const { machine, task, proofs } = known;
  const { dispute, beginning } = await openDispute(table, known, entry);
  const sixteen = (claim: Claim, low: number, spacing: number) =>
    Array.from({ length: POSTED }, (_, index) => claim(low + (index + 1) * spacing));
  const exponentFor = async () =>
    ((await table.read("game", [idOf(dispute)])) as { exponent: number }).exponent;

  let exponent = firstExponent(task);
  let low = 0;
  let posted = sixteen(worker, 0, 16 ** exponent);
  const openGas = Number(await table.send(table.worker, "begin", [dispute, beginning, posted]));
  let [moves, gas, moveGas, proveGas, most] = [1, openGas, 0, 0, openGas];
  const spent = (amount: bigint) => {
    gas += Number(amount);
    most = Math.max(most, Number(amount));
    return Number(amount);
  };
  if ((await exponentFor()) !== exponent) throw new Error("the chain begins with another spacing");

  for (let isChallenger = true; ; isChallenger = !isChallenger) {
    const [by, claim] = isChallenger
      ? ([table.challenger, challenger] as const)
      : ([table.worker, worker] as const);
    const spacing = 16 ** exponent;
    const index = posted.findIndex((hash, at) => hash !== claim(low + (at + 1) * spacing));
    if (index < 0) break; // it has nothing to say
    low += index * spacing;
    if (exponent === 0) {
      const isEnded = low >= proofs.length;
      const proof = proofs[low] as StepProof;
      const call = isEnded
        ? table.send(by, "proveEnded", [dispute, posted, index, endingArgument(known)])
        : table.send(by, "prove", [
            ...[dispute, posted, index, machineArgument(machine), taskArgument(task)],
            ...[stateArgument(proof), bytesToHex(proof.witness)],
          ]);
      proveGas = spent(await call.catch(() => 0n)); // a party that lied cannot
      break;
    }
    exponent -= 1;
    const own = sixteen(claim, low, 16 ** exponent);
    moveGas = Math.max(moveGas, spent(await table.send(by, "move", [dispute, posted, index, own])));
    posted = own;
    moves += 1;
  }
  if ((await rulingOf(table, dispute)) === Ruling.none) {
    await table.passTime(CLOCK_SECONDS + 1);
    await table.send(table.stranger, "timeOut", [dispute]);
  }
  return { ruling: await rulingOf(table, dispute), moves, gas, moveGas, openGas, proveGas, most };
}

/** The answer of the task, as the contract takes it. */
function endingArgument({ rightLeaf }: KnownTask) {
  const { outcome, cid: result, byteLength } = leafArgument(rightLeaf);
  return { outcome, ...result, byteLength: BigInt(byteLength) };
}

export const wrongLeaf: ResultEntry = {
  outcome: "ok",
  cid: cidOf(Uint8Array.of(1)),
  byteLength: 1,
};

/** The last state of whoever says that the task gives this. */
export const lastOf = (entry: ResultEntry) => {
  if (entry.outcome !== "ok") {
    const nothing = { prefix: 0, digest: new Uint8Array(32), byteLength: 0 };
    return bytesToHex(doneHash({ outcome: entry.outcome, ...nothing }));
  }
  const { prefix, digest } = toChainCid(entry.cid);
  return bytesToHex(
    doneHash({
      ...{ outcome: "ok", prefix: Number(prefix), byteLength: entry.byteLength },
      digest: Uint8Array.from(Buffer.from(digest.slice(2), "hex")),
    }),
  );
};
