import { createProofClient, Ruling } from "@assay/sdk";
import type { Address } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../test/fixtures/chain.ts";
import { disputesOn, STAKE } from "../../worker/test/disputes.ts";
import { marketForAllTests } from "../../worker/test/market.ts";
import { next, type Requester } from "../../worker/test/network.ts";
import { executorThat, wrongByte } from "../../worker/test/proof.ts";
import { passWindows } from "./passWindows.ts";
import { createStandstills } from "./standstills.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { mineBlocks, post, start } = disputesOn(() => ({
  ...{ chain, requester, jury, proof, started },
}));

test("time passes over a party that has stopped moving, and the other one wins by that", async () => {
  mineBlocks();
  // It finds itself wrong, and makes no move.
  const liar = await start({ account: 2, createExecutor: executorThat(wrongByte) });
  const { isStopped, onLog } = createStandstills(() => liar.address);
  const plan = { name: "the liar", account: 2, roles: ["worker"], stakeWei: STAKE } as const;
  liar.events.on("game given up", (fields) =>
    onLog({ time: "", level: "warn", msg: "game given up", ...fields }, plan),
  );
  const slashed = next(liar, "stake slashed");
  const auditor = await start({ account: 3, roles: ["auditor"], policy: { auditRate: 1 } });
  const moves: string[] = [];
  auditor.events.on("move made", ({ move }) => moves.push(move));
  const resolved = next(auditor, "dispute resolved");
  const job = await post();
  const over = new AbortController();
  const passed = passWindows(
    {
      ...{ chain: { passTime: (seconds) => chain.increaseTime(seconds) }, jury: undefined },
      ...{ market: requester.market, proof: createProofClient(requester.market, proof) },
    },
    job,
    { isClear: () => false, isStopped, signal: over.signal },
  );
  const aborted = expect(passed).rejects.toThrow();
  expect(await resolved).toMatchObject({ jobId: job.jobId, ruling: Ruling.workerWrong });
  expect(await slashed).toMatchObject({ slashedWei: STAKE / 2n });
  expect(moves).toEqual(["timeOut"]);
  over.abort();
  await aborted;
});
