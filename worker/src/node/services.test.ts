import { askQuote } from "@assay/network";
import { type AskedJob, cidOf } from "@assay/sdk";
import type { Address } from "viem";
import { zeroAddress } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { echo } from "../../../test/fixtures/programs.ts";
import { marketForEachTest } from "../../test/market.ts";
import { accountOf, type Requester, startNode } from "../../test/network.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});

test("a node says what it is, how it stands, and what it thinks of a job", async () => {
  const node = await startNode(chain, requester, started, {
    policy: {
      ...{ minRewardPerTaskWei: 10n, tags: ["gpu"], maxBatchesAtOnce: 3, arbiters: [jury] },
      ...{ maxGasShare: Number.POSITIVE_INFINITY },
      pricing: { weiPerGigafuel: 1_000n, loadMarkup: 0 },
    },
  });
  const { direct } = requester.peer.market ?? {};
  if (direct === undefined) throw new TypeError("the requester's peer has a market");
  const { peerId } = node.peer;
  expect((await direct.ask(peerId, "capabilities", null)).body).toMatchObject({
    ...{ roles: ["worker"], tags: ["gpu"], processes: 1, minRewardPerTaskWei: "10" },
  });
  expect((await direct.ask(peerId, "status", null)).body).toMatchObject({
    ...{ freeBatches: 3, isFollowed: true },
  });

  const job = {
    ...{ program: cidOf(echo.wasm), batchSize: 2, memoryPages: 16, maxResultBytes: 1_024 },
    ...{ requester: accountOf(chain, 1).address, token: zeroAddress, arbiter: zeroAddress },
    ...{ rewardPerTask: 10n, stakePerBatch: 1n },
  };
  const answer = { freeBatches: 3, taskMs: null, minRewardPerTaskWei: 10n, job: null };
  const ask = (more: Partial<AskedJob> = {}) => askQuote(direct, peerId, { ...job, ...more });
  // It prices by fuel, and has not run a task of the program.
  const unpriced = { ...answer, askedRewardPerTask: null };
  expect(await ask()).toEqual({ isTaken: true, code: null, reason: null, ...unpriced });
  const low = { isTaken: false, code: "REWARD", reason: "the reward is too low" };
  expect(await ask({ rewardPerTask: 9n })).toEqual({ ...low, ...unpriced });
  const fuelPerTask = 20_000_000n;
  expect(await ask({ fuelPerTask })).toEqual({ ...low, ...answer, askedRewardPerTask: 20n });
  expect(await ask({ fuelPerTask, rewardPerTask: 20n })).toMatchObject({ isTaken: true });
  await expect(direct.ask(peerId, "quote", { program: 1 })).rejects.toMatchObject({
    code: "PEER_REFUSED",
    reason: "bad request",
  });
});

test("nodes with stake know each other, and stand well with each other", async () => {
  const one = await startNode(chain, requester, started, { account: 2 });
  const other = await startNode(chain, requester, started, { account: 3 });
  const presentTo = ({ peer }: typeof one) =>
    peer.market?.present.map(({ author, roles }) => ({ ...author, roles })) ?? [];
  const inLowerCase = (index: number) => accountOf(chain, index).address.toLowerCase();
  await expect
    .poll(() => presentTo(one))
    .toEqual([
      { peerId: other.peer.peerId, account: inLowerCase(3), standing: 2, roles: ["worker"] },
    ]);
  await expect
    .poll(() => presentTo(other))
    .toMatchObject([{ account: inLowerCase(2), standing: 2 }]);
  const { market } = await one.status();
  expect(market).toMatchObject({ present: 1, suspected: [], clock: { isWrong: false } });
  expect(market?.gossip.neighbours.every(({ isBanned }) => !isBanned)).toBe(true);
});
