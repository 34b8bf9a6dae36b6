import hre from "hardhat";
import { type Abi, bytesToHex, type Hex, keccak256, stringToHex, zeroHash } from "viem";
import { beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { compileProgram } from "../../../sdk/src/compile/index.ts";
import {
  createExecution,
  doneHash,
  endOf,
  type Machine,
  type MachineTask,
  machineOf,
  machineTask,
  type StepProof,
} from "../../../sdk/src/program/machine/index.ts";
import { toChainCid } from "../../../sdk/src/protocol/cid/chainCid.ts";
import { cidOf } from "../../../sdk/src/protocol/cid/cidOf.ts";
import { outcomeCode, type ResultEntry } from "../../../sdk/src/protocol/job/job.ts";
import { inputLeaf, resultLeaf } from "../../../sdk/src/protocol/merkle/leaf.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { type DisputeTuple, idOf } from "../dispute.ts";
import { cid, hashSpec, hashTerms, spec as someSpec, termsOf } from "../market.ts";
import { machineArgument, stateArgument, taskArgument } from "./arguments.ts";

const source = `export function main(input: Uint8Array): Uint8Array {
  let sum: f64 = 0;
  for (let i = 0; i < input.length; i++) sum += Math.sqrt(<f64>input[i]);
  const result = new Uint8Array(8);
  store<f64>(result.dataStart, sum);
  return result;
}`;
const INPUT = Uint8Array.from({ length: 12 }, (_, index) => index * 5);
const MAX_STEPS = 20_000n;
const FEE = 1_000n;
const CLOCK_SECONDS = 3_600;
const Ruling = { none: 0, workerWrong: 2, challengeFailed: 5 };
const POSTED = 16;

/** What a party says of the task: the hash of its state after so many steps. */
type Claim = (step: number) => Hex;

let machine: Machine;
let task: MachineTask;
/** The hashes of all states of the task as it is; behind the last one it stays. */
const truth: Hex[] = [];
const proofs: StepProof[] = [];
let rightLeaf: ResultEntry;

beforeAll(async () => {
  machine = machineOf(await compileProgram({ source, memoryPages: 64 }));
  const input = { cid: cidOf(INPUT), bytes: INPUT };
  task = machineTask({ machine, maxSteps: MAX_STEPS, maxResultBytes: 1_024, input });
  const execution = createExecution(task);
  truth.push(bytesToHex(execution.hash()));
  while (execution.ending === undefined) {
    const proof = execution.prove();
    proofs.push(proof);
    truth.push(bytesToHex(proof.after));
  }
  const { ending, steps } = endOf(task);
  expect(steps).toBe(BigInt(proofs.length));
  if (ending.outcome !== "ok") throw new Error("it has a result");
  rightLeaf = { outcome: "ok", cid: cidOf(resultOf()), byteLength: ending.byteLength };
});

/** What the program gives, computed here. */
function resultOf(): Uint8Array {
  const bytes = new Uint8Array(8);
  const sum = INPUT.reduce((total, value) => total + Math.sqrt(value), 0);
  new DataView(bytes.buffer).setFloat64(0, sum, true);
  return bytes;
}

const honest: Claim = (step) => truth[Math.min(step, truth.length - 1)] as Hex;

/** The truth up to a step, and something else behind it. */
const lyingFrom =
  (first: number, last?: Hex): Claim =>
  (step) => {
    if (step < first) return honest(step);
    const isEnded = step >= truth.length - 1;
    return isEnded && last !== undefined ? last : keccak256(stringToHex(`lie ${step}`));
  };

const leafArgument = (entry: ResultEntry) => ({
  position: 0,
  outcome: outcomeCode(entry.outcome),
  cid: entry.outcome === "ok" ? toChainCid(entry.cid) : { prefix: "0x00000000", digest: zeroHash },
  byteLength: entry.outcome === "ok" ? entry.byteLength : 0,
});

async function deploy() {
  const { viem, provider } = await hre.network.create();
  const client = await viem.getPublicClient();
  const [marketplace, worker, challenger, stranger] = await viem.getWalletClients();
  const addressOf = async (name: string, args: unknown[] = []) =>
    (await viem.deployContract(name, args)).address;
  const verifiers = [await addressOf("InstructionVerifier"), await addressOf("HostStepVerifier")];
  const address = await addressOf("ProofArbiter", [
    ...[marketplace?.account.address, ...verifiers, FEE, CLOCK_SECONDS],
  ]);
  const { abi } = (await hre.artifacts.readArtifact("ProofArbiter")) as unknown as { abi: Abi };
  if (!marketplace || !worker || !challenger || !stranger) throw new Error("no accounts");
  const send = async (
    by: typeof worker,
    functionName: string,
    args: readonly unknown[],
    value = 0n,
  ) => {
    const { request } = await client.simulateContract({
      ...{ abi, address, functionName, args, value, account: by.account },
    });
    const hash = await by.writeContract(request);
    const { gasUsed } = await client.waitForTransactionReceipt({ hash });
    return gasUsed;
  };
  const read = (functionName: string, args: readonly unknown[]) =>
    client.readContract({ abi, address, functionName, args });
  const passTime = async (seconds: number) => {
    await provider.request({ method: "evm_increaseTime", params: [seconds] });
    await provider.request({ method: "evm_mine" });
  };
  return { marketplace, worker, challenger, stranger, send, read, passTime };
}

type Table = Awaited<ReturnType<typeof deploy>>;

let disputes = 0;

/** A dispute about a leaf, opened; each of its own. */
async function openDispute(table: Table, entry: ResultEntry) {
  const spec = {
    ...someSpec,
    inputRoot: bytesToHex(inputLeaf(0, { cid: cidOf(INPUT), byteLength: INPUT.length })),
    maxResultBytes: 1_024,
    maxSteps: MAX_STEPS,
    machineRoot: machine.root,
  };
  const requester = table.stranger.account.address;
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
    ...{ openedAt: 1, bond: 1n, fee: FEE },
  };
  await table.send(table.marketplace, "open", [dispute], FEE);
  const beginning = {
    ...{ terms, spec, machine: machineArgument(machine), inputProof: [] },
    ...{ input: toChainCid(cidOf(INPUT)), inputLength: BigInt(INPUT.length) },
    result: leafArgument(entry),
  };
  return { dispute, beginning };
}

const rulingOf = async (table: Table, dispute: DisputeTuple) =>
  (await table.read("ruling", [idOf(dispute)])) as number;

/** Plays a dispute to its end: each party moves by what it claims, until one cannot. */
async function play(
  table: Table,
  { entry, worker, challenger }: { entry: ResultEntry; worker: Claim; challenger: Claim },
) {
  const { dispute, beginning } = await openDispute(table, entry);
  const sixteen = (claim: Claim, low: number, spacing: number) =>
    Array.from({ length: POSTED }, (_, index) => claim(low + (index + 1) * spacing));
  const exponentFor = async () =>
    ((await table.read("game", [idOf(dispute)])) as { exponent: number }).exponent;

  // The spacing follows from the job; whoever begins knows it.
  const bound = machine.stepsPerFuel * Number(MAX_STEPS) + Number(machine.slack) + 512 + 4;
  let exponent = 0;
  while (16 ** (exponent + 1) < bound) exponent++;
  let low = 0;
  let posted = sixteen(worker, 0, 16 ** exponent);
  let [moves, gas] = [1, await table.send(table.worker, "begin", [dispute, beginning, posted])];
  expect(await exponentFor()).toBe(exponent);

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
        ? table.send(by, "proveEnded", [dispute, posted, index, endingArgument()])
        : table.send(by, "prove", [
            ...[dispute, posted, index, machineArgument(machine), taskArgument(task)],
            ...[stateArgument(proof), bytesToHex(proof.witness)],
          ]);
      gas += await call.catch(() => 0n); // a party that lied cannot
      break;
    }
    exponent -= 1;
    const own = sixteen(claim, low, 16 ** exponent);
    gas += await table.send(by, "move", [dispute, posted, index, own]);
    posted = own;
    moves += 1;
  }
  if ((await rulingOf(table, dispute)) === Ruling.none) {
    await table.passTime(CLOCK_SECONDS + 1);
    await table.send(table.stranger, "timeOut", [dispute]);
  }
  return { ruling: await rulingOf(table, dispute), moves, gas, dispute };
}

/** The answer of the task, as the contract takes it. */
function endingArgument() {
  const { outcome, cid: result, byteLength } = leafArgument(rightLeaf);
  return { outcome, ...result, byteLength: BigInt(byteLength) };
}

const wrongLeaf: ResultEntry = { outcome: "ok", cid: cidOf(Uint8Array.of(1)), byteLength: 1 };

/** The last state of whoever says that the task gives this. */
const lastOf = (entry: ResultEntry) => {
  if (entry.outcome !== "ok") throw new Error("an ok one");
  const { prefix, digest } = toChainCid(entry.cid);
  return bytesToHex(
    doneHash({
      ...{ outcome: "ok", prefix: Number(prefix), byteLength: entry.byteLength },
      digest: Uint8Array.from(Buffer.from(digest.slice(2), "hex")),
    }),
  );
};

describe("one honest party is enough", () => {
  const seeded = () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    return random;
  };

  test("an honest worker keeps its stake, wherever the challenger begins to lie", async () => {
    const random = seeded();
    const table = await deploy();
    const steps = [0, 1, proofs.length - 1, proofs.length, random.below(proofs.length)];
    for (const first of steps) {
      const challenger = lyingFrom(first, lastOf(wrongLeaf));
      const { ruling } = await play(table, { entry: rightLeaf, worker: honest, challenger });
      expect([first, ruling]).toEqual([first, Ruling.challengeFailed]);
    }
  });

  test("a worker that lies loses to an honest challenger, wherever its lie begins", async () => {
    const random = seeded();
    const table = await deploy();
    const steps = [1, 2, proofs.length - 1, proofs.length, random.below(proofs.length) + 1];
    for (const first of steps) {
      const worker = lyingFrom(first, lastOf(wrongLeaf));
      const { ruling, moves, gas } = await play(table, {
        ...{ entry: wrongLeaf, worker, challenger: honest },
      });
      expect([first, ruling]).toEqual([first, Ruling.workerWrong]);
      expect(moves).toBeLessThanOrEqual(12);
      if (first === steps.at(-1)) console.log(`${moves} moves, ${gas} gas for both`);
    }
  });

  test("the winner is paid the arbiter's fee, once", async () => {
    const table = await deploy();
    const worker = lyingFrom(5, lastOf(wrongLeaf));
    await play(table, { entry: wrongLeaf, worker, challenger: honest });
    const { address } = table.challenger.account;
    expect(await table.read("credit", [address])).toBe(FEE);
    expect(await table.read("credit", [table.worker.account.address])).toBe(0n);
    await table.send(table.challenger, "withdraw", [address]);
    await expect(table.send(table.challenger, "withdraw", [address])).rejects.toThrow("NoCredit");
  });
});

describe("clocks", () => {
  test("a worker that does not begin loses, and not before its time is over", async () => {
    const table = await deploy();
    const { dispute, beginning } = await openDispute(table, rightLeaf);
    const timeOut = () => table.send(table.stranger, "timeOut", [dispute]);
    await expect(timeOut()).rejects.toThrow("TimeIsLeft");
    await table.passTime(CLOCK_SECONDS);
    const posted = Array.from({ length: POSTED }, () => honest(1_000_000));
    const late = table.send(table.worker, "begin", [dispute, beginning, posted]);
    await expect(late).rejects.toThrow("TimeIsUp");
    await timeOut();
    expect(await rulingOf(table, dispute)).toBe(Ruling.workerWrong);
    await expect(timeOut()).rejects.toThrow("WrongStage");
  });

  test("a challenger that does not answer loses", async () => {
    const table = await deploy();
    const { ruling } = await play(table, { entry: rightLeaf, worker: honest, challenger: honest });
    expect(ruling).toBe(Ruling.challengeFailed);
  });
});

describe("what is refused", () => {
  test("a beginning that is not this task's, and moves of others or about other hashes", async () => {
    const table = await deploy();
    const { dispute, beginning } = await openDispute(table, rightLeaf);
    const posted = Array.from({ length: POSTED }, () => honest(1_000_000));
    const begin = (by: Table["worker"], changes: object, hashes = posted) =>
      table.send(by, "begin", [dispute, { ...beginning, ...changes }, hashes]);
    await expect(begin(table.stranger, {})).rejects.toThrow("NotYourTurn");
    await expect(begin(table.challenger, {})).rejects.toThrow("NotYourTurn");
    const wrong = [
      { inputLength: 13n },
      { input: cid("another input") },
      { inputProof: [zeroHash] },
      { result: { ...beginning.result, byteLength: 9 } },
      { machine: { ...beginning.machine, slack: 0n } },
      { spec: { ...beginning.spec, maxSteps: 7n } },
      { terms: { ...beginning.terms, taskCount: 2 } },
    ];
    for (const changes of wrong) {
      await expect(begin(table.worker, changes)).rejects.toThrow("WrongPart");
    }
    const otherEnd = [...posted.slice(1), zeroHash];
    await expect(begin(table.worker, {}, otherEnd)).rejects.toThrow("WrongPart");
    await begin(table.worker, {});
    await expect(begin(table.worker, {})).rejects.toThrow("WrongStage");

    const move = (by: Table["worker"], index: number, seen = posted, own = posted) =>
      table.send(by, "move", [dispute, seen, index, own]);
    await expect(move(table.worker, 0)).rejects.toThrow("NotYourTurn");
    await expect(move(table.challenger, 3)).rejects.toThrow("SameHash");
    await expect(move(table.challenger, 16, posted, otherEnd)).rejects.toThrow("WrongPart");
    await expect(move(table.challenger, 0, otherEnd, otherEnd)).rejects.toThrow("WrongPart");
  });

  test("disputes of nobody, unpaid, opened twice, or on another ground", async () => {
    const table = await deploy();
    const { dispute } = await openDispute(table, rightLeaf);
    const open = (by: Table["worker"], changes: object, value = FEE) =>
      table.send(by, "open", [{ ...dispute, number: disputes + 1, ...changes }], value);
    await expect(open(table.worker, {})).rejects.toThrow("NotMarketplace");
    await expect(open(table.marketplace, {}, 0n)).rejects.toThrow("WrongFee");
    await expect(open(table.marketplace, { ground: 2 })).rejects.toThrow("WrongGround");
    await expect(open(table.marketplace, { number: disputes })).rejects.toThrow("AlreadyOpen");
  });
});
