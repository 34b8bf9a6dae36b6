import { bytesToHex, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localProofParameters } from "../../../../../test/fixtures/chain.ts";
import {
  addressOf,
  lie,
  rightLeaf,
  startDisputes,
  type TestDisputes,
} from "../../../../../test/fixtures/disputes.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import {
  cidOf,
  createProofClient,
  Ground,
  getBytes,
  type Hashes,
  Outcome,
  openInputManifest,
  outcomeCode,
  type ProofClient,
  Ruling,
} from "../../../index.ts";
import {
  createReferenceTrace,
  doneHash,
  firstExponent,
  machineArgument,
  machineOf,
  machineTask,
  nextToShow,
  stateArgument,
  taskArgument,
} from "../../../program/machine/index.ts";

const { feeWei, clockSeconds } = localProofParameters;
const zero: Hex = `0x${"00".repeat(32)}`;

let disputes: TestDisputes;
beforeAll(async () => {
  disputes = await startDisputes();
});
afterAll(() => disputes[Symbol.asyncDispose]());

/** A job that can be proved, with a client of its ProofArbiter for the worker, for who challenges, and for the requester. */
async function provable() {
  const { market, program } = disputes;
  const proof = await market.chain.deployProof();
  const machine = machineOf(program);
  const job = await disputes.post({ arbiter: proof, machineRoot: machine.root });
  const [worker, challenger, requester] = [...market.workers, market.requester].map((client) =>
    createProofClient(client, proof),
  ) as [ProofClient, ProofClient, ProofClient];
  return { proof, machine, job, worker, challenger, requester };
}

test("a wrong result is narrowed down to a step, whose proof decides", async () => {
  const { market } = disputes;
  const { proof, machine, job, worker, challenger, requester } = await provable();
  expect(await worker.getParameters()).toMatchObject({ feeWei, clockSeconds });
  const fromBlock = await market.requester.public.getBlockNumber();
  await workBatch(market.workers[0], job, 0, lie);
  const { id, dispute } = await disputes.challenge(market.workers[1], job, 1);
  expect(await worker.getGame({ id })).toMatchObject({ stage: "opened", workerLeft: clockSeconds });

  const { terms, spec } = job;
  const inputs = await openInputManifest(market.content, {
    ...{ cid: spec.manifest, root: spec.inputRoot, count: terms.taskCount },
  });
  const input = { cid: cidOf(Uint8Array.of(1, 9)), byteLength: 2 };
  const bytes = await getBytes(market.content, input.cid, { maxBytes: 2 });
  const { maxSteps, maxResultBytes } = spec;
  const task = machineTask({ machine, maxSteps, maxResultBytes, input: { ...input, bytes } });
  const trace = createReferenceTrace(task);
  const { leaf } = await disputes.leafOf(job, 1);
  const claimed = bytesToHex(
    doneHash({
      ...{ outcome: Outcome.ok, prefix: Number(leaf.cid.prefix), byteLength: leaf.byteLength },
      digest: Buffer.from(leaf.cid.digest.slice(2), "hex"),
    }),
  );
  expect(leaf.outcome).toBe(outcomeCode(Outcome.ok));

  let exponent = firstExponent(task);
  const low = 0n;
  const truth = () =>
    trace
      .hashes({ from: low, spacing: 16n ** BigInt(exponent), count: 16 })
      .map((hash) => bytesToHex(hash)) as unknown as Hashes;
  // This worker says that the task ends with its first step.
  const lies = Array.from({ length: 16 }, () => claimed) as unknown as Hashes;
  const inputProof = await inputs.proof(1);
  const beginning = {
    ...{ dispute, terms, spec, machine: machineArgument(machine), input, inputProof },
    ...{ result: leaf, hashes: lies },
  };
  await expect(challenger.begin(beginning)).rejects.toMatchObject({
    code: "ProofArbiter_NotYourTurn",
  });
  await expect(worker.begin({ ...beginning, inputProof: [] })).rejects.toThrow(
    "The input is not that of the dispute's task: look at the game again.",
  );
  await worker.begin(beginning);
  await expect(requester.timeOut({ dispute })).rejects.toMatchObject({ retryable: true });

  let posted = lies;
  let isChallenger = true;
  let decided: Awaited<ReturnType<ProofClient["prove"]>> | undefined;
  for (; decided === undefined; isChallenger = !isChallenger) {
    expect(await worker.getGame({ id })).toMatchObject({
      ...{ stage: "playing", isChallengersTurn: isChallenger, exponent },
    });
    const party = isChallenger ? challenger : worker;
    if (exponent > 0) {
      exponent -= 1;
      const hashes = isChallenger ? truth() : lies;
      await party.move({ dispute, posted, index: 0, hashes });
      posted = hashes;
      continue;
    }
    const step = trace.stepAfter(low);
    if ("outcome" in step) throw new Error("it has not ended");
    const call = {
      ...{ dispute, posted, index: 0, machine: machineArgument(machine), task: taskArgument(task) },
      ...{ state: stateArgument(step), witness: bytesToHex(step.witness) },
    };
    await expect(party.prove({ ...call, witness: `${call.witness}00` })).rejects.toMatchObject({
      code: "Step_WitnessTooLong",
    });
    decided = await party.prove(call);
  }
  const [winner, paid] = [addressOf(challenger), addressOf(requester)];
  expect(decided).toMatchObject({ ruling: Ruling.workerWrong, winner, paid });
  expect(await market.requester.resolve({ terms, dispute })).toMatchObject({
    ruling: Ruling.workerWrong,
  });
  expect(await challenger.getCredit()).toBe(0n);
  await expect(challenger.withdraw()).rejects.toMatchObject({ code: "ProofArbiter_NoCredit" });
  expect(await requester.withdraw()).toMatchObject({ amount: feeWei });

  const toBlock = await market.requester.public.getBlockNumber();
  const events = await worker.getEvents({ fromBlock, toBlock, id });
  expect(events.map(({ type }) => type)).toEqual([
    ...["disputeOpened", ...Array.from({ length: firstExponent(task) + 1 }, () => "moved")],
    "decided",
  ]);
  expect(await worker.getEvents({ fromBlock, toBlock, id: zero })).toEqual([]);
  expect(await market.requester.public.getBalance({ address: proof })).toBe(0n);
});

test("a withheld result is shown chunk by chunk", async () => {
  const { market } = disputes;
  const { job, worker, challenger } = await provable();
  await workBatch(market.workers[0], job, 0);
  const opened = await disputes.challenge(market.workers[1], job, 1, {
    ...{ ground: Ground.unavailable, answer: zero },
  });
  const { id, dispute } = opened;
  const { leaf: result } = await disputes.leafOf(job, 1);
  expect(dispute.resultLeaf).toBe(rightLeaf(1));
  await expect(challenger.ask({ dispute, result, chunks: [1] })).rejects.toMatchObject({
    code: "ProofArbiter_NoSuchChunk",
  });
  await challenger.ask({ dispute, result, chunks: [0] });
  const request = await worker.getChunkRequest({ id });
  expect(request).toMatchObject({ count: 1, missing: 1 });
  const next = nextToShow(Uint8Array.of(9, 1), request);
  if (next === undefined) throw new Error("one is missing");
  await expect(worker.show({ dispute, result, place: 0, witness: "0x0000" })).rejects.toMatchObject(
    { code: "Step_WrongChunk" },
  );
  const { decision } = await worker.show({ dispute, result, ...next });
  expect(decision).toMatchObject({ ruling: Ruling.challengeFailed, winner: addressOf(worker) });
  expect(await worker.withdraw()).toMatchObject({ amount: feeWei });
  const toBlock = await market.requester.public.getBlockNumber();
  const events = await worker.getEvents({ fromBlock: 0n, toBlock, id });
  expect(events.map(({ type }) => type)).toEqual([
    ...["disputeOpened", "chunksAsked", "chunkShown", "decided"],
  ]);
});

test("who lets its clock run out has lost", async () => {
  const { market } = disputes;
  const { job, worker, challenger, requester } = await provable();
  await workBatch(market.workers[0], job, 0, lie);
  const { id, dispute } = await disputes.challenge(market.workers[1], job, 1);
  await market.chain.increaseTime(clockSeconds);
  expect(await requester.timeOut({ dispute })).toMatchObject({
    ...{ ruling: Ruling.workerWrong, winner: addressOf(challenger), proven: zero },
  });
  expect(await worker.getGame({ id })).toMatchObject({
    ...{ stage: "over", ruling: Ruling.workerWrong },
  });
});
