import type { Address } from "viem";
import { beforeEach, expect, test } from "vitest";
import { localParameters, type TestChain } from "../../../../test/fixtures/chain.ts";
import { slowEcho } from "../../../../test/fixtures/programs.ts";
import { disputesOn, lying } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import { next, type Requester, temporaryFolder } from "../../../test/network.ts";
import type { NodeEvents } from "../../kernel/events.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});
beforeEach(() => stakeJurors());

const { mineBlocks, post, stakeJurors, start } = disputesOn(() => ({
  ...{ chain, requester, jury, started },
}));

test("audits stop when the hour's budget is spent, and a restart does not give a new one", async () => {
  const dataDir = await temporaryFolder(started);
  const worker = await start({ account: 2 });
  // The program takes milliseconds, and the budget is spent by the first task.
  const policy = { auditRate: 1, auditCpuMsPerHour: 1 };
  const auditor = await start({ account: 3, roles: ["auditor"], dataDir, policy });
  const audits: NodeEvents["batch audited"][] = [];
  auditor.events.on("batch audited", (event) => audits.push(event));
  const spent = next(auditor, "audit budget is spent");
  const settled = next(worker, "batch submitted", ({ batch }) => batch === 0);
  await post({ program: slowEcho.wasm, batches: 2 });
  await settled;
  expect((await spent).spentMs).toBeGreaterThan(1);
  await auditor.stop();
  expect(audits.map(({ tasks }) => tasks)).toEqual([1]);

  const stillSpent = Promise.withResolvers<void>();
  const again = await start({
    ...{ account: 3, roles: ["auditor"], dataDir, policy },
    onEvent: (name) => name === "audit budget is spent" && stillSpent.resolve(),
  });
  again.events.on("batch audited", (event) => audits.push(event));
  const second = next(worker, "batch submitted");
  await post({ program: slowEcho.wasm });
  await second;
  await stillSpent.promise;
  await chain.mine(1);
  await again.stop();
  expect(audits).toHaveLength(1);
});

test("a challenge for which there is no money is put off without a transaction, and dropped in the end", async () => {
  const liar = await start({ account: 2, createExecutor: lying });
  const policy = { maxLockedWei: 0n };
  const auditor = await start({ account: 3, roles: ["auditor"], policy });
  const putOff = next(auditor, "challenge put off");
  const dropped = next(auditor, "challenge dropped");
  const submitted = next(liar, "batch submitted");
  const job = await post();
  await submitted;
  mineBlocks();
  expect(await putOff).toEqual({
    ...{ jobId: job.jobId, batch: 0 },
    reason: "more would be locked at once than the policy allows",
  });
  await chain.increaseTime(localParameters.minChallengeWindowSeconds);
  await dropped;
  const { address } = auditor;
  expect(await requester.market.public.getTransactionCount({ address })).toBe(0);
});

test("a batch of too little reward is not looked at, and one that gas would eat is not computed", async () => {
  const worker = await start({ account: 2 });
  const poor = await start({
    ...{ account: 3, roles: ["auditor"], policy: { minAuditRewardWei: 2_001n } },
  });
  const careful = await start({
    ...{ account: 4, roles: ["auditor"], policy: { maxDisputeGasShare: 0 } },
  });
  const looked: string[] = [];
  poor.events.on("batch audited", () => looked.push("poor"));
  careful.events.on("batch audited", () => looked.push("careful"));
  const refused = next(careful, "batch not audited");
  const submitted = next(worker, "batch submitted");
  await post();
  await submitted;
  expect((await refused).reason).toBe("gas would take too much of what may be gained");
  await poor.stop();
  expect(looked).toEqual([]);
});
