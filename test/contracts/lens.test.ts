import {
  encodeAbiParameters,
  getAbiItem,
  getAddress,
  getContract,
  keccak256,
  zeroAddress,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { marketplaceLensAbi } from "../../sdk/src/generated/marketplaceLensAbi.ts";
import { type Court, type DisputeTuple, SUBMITTED_AT, startCourt } from "./dispute.ts";
import {
  BatchStatus,
  DAY,
  ETHER,
  JobStatus,
  Manner,
  parameters,
  Ruling,
  spec,
  termsOf,
} from "./market.ts";
import { deployToken } from "./tokens.ts";

const [, disputeType] = getAbiItem({ abi: marketplaceAbi, name: "resolve" }).inputs;
const idOf = (dispute: DisputeTuple) => keccak256(encodeAbiParameters([disputeType], [dispute]));

async function deployLens({ network, client, address }: Court) {
  const lens = await network.viem.deployContract("MarketplaceLens", [address]);
  return getContract({ abi: marketplaceLensAbi, address: lens.address, client });
}

let court: Court;
let lens: Awaited<ReturnType<typeof deployLens>>;
beforeEach(async () => {
  court = await startCourt();
  lens = await deployLens(court);
});

it("is of one Marketplace", async () => {
  expect(await lens.read.MARKETPLACE()).toBe(getAddress(court.address));
});

describe("jobs", () => {
  it("counts the batches of each by where they stand", async () => {
    const { terms, worker } = court;
    await worker.write.claim([terms, 1]);
    const never = { ...terms, salt: 1n };
    expect(await lens.read.jobs([[terms, never]])).toEqual([
      { status: JobStatus.posted, openTasks: 2, batches: [1, 1, 1, 0, 0, 0, 0] },
      { status: JobStatus.none, openTasks: 0, batches: [3, 0, 0, 0, 0, 0, 0] },
    ]);
    expect(await lens.read.jobs([[]])).toEqual([]);
  });
});

describe("batches", () => {
  it("reads pages of many jobs at once", async () => {
    const { job, read } = court;
    const pages = await lens.read.batches([
      [job, job],
      [0, 1],
      [1, 2],
    ]);
    expect(pages).toEqual([await read.batches([job, 0, 1]), await read.batches([job, 1, 2])]);
  });
});

describe("openBatches", () => {
  it("finds those that may be claimed, and tells where to go on", async () => {
    const { terms, worker } = court;
    expect(await lens.read.openBatches([terms, 0, 10])).toEqual([[1, 2], 3]);
    expect(await lens.read.openBatches([terms, 0, 1])).toEqual([[1], 2]);
    expect(await lens.read.openBatches([terms, 2, 1])).toEqual([[2], 3]);
    expect(await lens.read.openBatches([terms, 3, 1])).toEqual([[], 3]);
    expect(await lens.read.openBatches([terms, 0, 0])).toEqual([[], 0]);
    await worker.write.claim([terms, 1]);
    expect(await lens.read.openBatches([terms, 0, 10])).toEqual([[2], 3]);
  });

  it("goes on in jobs of many batches", async () => {
    const { requester, worker } = court;
    const terms = termsOf(requester.address, { taskCount: 600, batchSize: 1, rewardPerTask: 1n });
    await requester.write.post([terms, spec], { value: 600n });
    await worker.write.claim([terms, 300]);
    const [first, next] = await lens.read.openBatches([terms, 0, 400]);
    expect(first).toHaveLength(400);
    expect(first).not.toContain(300);
    expect(next).toBe(401);
    const [rest, end] = await lens.read.openBatches([terms, next, 400]);
    expect(rest).toHaveLength(199);
    expect(end).toBe(600);
  });
});

describe("accounts", () => {
  it("reads stake, record and credit in coins and tokens", async () => {
    const { worker, stranger, requester, terms, read } = court;
    const token = await deployToken(court, "PlainToken");
    const paid = { ...terms, token: token.address, salt: 1n };
    await token.fund(10n * terms.rewardPerTask);
    await requester.write.post([paid, spec]);
    await requester.write.cancel([paid]);
    await requester.write.cancel([terms]);

    const views = await lens.read.accounts([
      [worker.address, requester.address, stranger.address],
      [zeroAddress, token.address],
    ]);
    expect(views).toEqual([
      {
        account: await read.account([worker.address]),
        free: ETHER - terms.stakePerBatch,
        credits: [0n, 0n],
      },
      {
        account: await read.account([requester.address]),
        free: 0n,
        credits: [6n * terms.rewardPerTask, 10n * terms.rewardPerTask],
      },
      { account: await read.account([stranger.address]), free: 0n, credits: [0n, 0n] },
    ]);
  });
});

describe("disputes", () => {
  it("says whether a dispute is open, ruled on, and can be resolved now", async () => {
    const { terms, stranger, arbiter, network } = court;
    const dispute = await court.challenge({ at: SUBMITTED_AT + 100 });
    const other = { ...dispute, position: 0 };
    const timeoutAt = BigInt(SUBMITTED_AT + 100 + parameters.disputeTimeoutSeconds);
    const none = { open: false, ruling: Ruling.none, timeoutAt, resolvable: false };
    const read = () =>
      lens.read.disputes([
        [terms, terms],
        [dispute, other],
      ]);
    expect(await read()).toEqual([{ ...none, open: true }, none]);

    await arbiter.rule(idOf(dispute), Ruling.workerRight);
    const ruled = { ...none, open: true, ruling: Ruling.workerRight, resolvable: true };
    expect(await read()).toEqual([ruled, none]);
    await arbiter.behave(Manner.nonsense);
    expect((await read())[0]).toEqual({ ...none, open: true });
    await network.networkHelpers.time.increaseTo(SUBMITTED_AT + 30 * DAY);
    expect((await read())[0]).toEqual({ ...none, open: true, resolvable: true });

    await arbiter.behave(Manner.proper);
    await stranger.write.resolve([terms, dispute]);
    expect((await read())[0]).toEqual({ ...ruled, open: false, resolvable: false });
    expect((await court.read.batches([court.job, 0, 1]))[0]?.status).toBe(BatchStatus.submitted);
  });
});
