import type { MarketEvent } from "@assay/sdk";
import { zeroAddress } from "viem";
import { expect, test } from "vitest";
import { jobId, spec, terms } from "../../../test/job.ts";
import { DEFAULT_POLICY } from "../../jobs/policy.ts";
import type { NodeEventName } from "../../kernel/events.ts";
import { openNodeStore } from "../../store/nodeStore.ts";
import { applyAuditEvent } from "./events.ts";

const hash = (byte: string) => `0x${byte.repeat(32)}` as const;
const worker = "0x00000000000000000000000000000000000000C7";

function auditorWith(state: "wrong" | "due") {
  const store = openNodeStore(":memory:", {
    chainId: 31_337,
    genesis: hash("00"),
    marketplace: worker,
    account: zeroAddress,
  });
  store.recordJobs([{ jobId, block: 1n, terms, spec }]);
  const key = { jobId, batch: 0, resultRoot: hash("01") };
  store.addAudit({ ...key, worker, results: spec.manifest, block: 7n });
  if (state !== "due") store.moveAudit(key, "due", state);
  const reports: [NodeEventName, unknown][] = [];
  const context = {
    account: zeroAddress,
    policy: { ...DEFAULT_POLICY, stakeWei: 0n },
    report: (name: NodeEventName, fields: unknown) => void reports.push([name, fields]),
    store,
  };
  return { context, reports, store };
}

const place = { blockNumber: 9n, blockHash: hash("02"), transactionHash: hash("03"), logIndex: 0 };
const settled: MarketEvent = {
  ...place,
  type: "batchSettled",
  jobId,
  batch: 0,
  worker,
  reward: 1n,
};
const refunded: MarketEvent = { ...place, type: "batchRefunded", jobId, batch: 0, amount: 1n };

test.each([
  [settled, "it is settled"],
  [refunded, "it is void"],
])(
  "a challenge that was put off is dropped when the batch is over before the next look at it",
  (event, reason) => {
    const { context, reports, store } = auditorWith("wrong");
    applyAuditEvent(context, event);
    expect(reports).toEqual([["challenge dropped", { jobId, batch: 0, reason }]]);
    expect(store.audits("wrong", "ended")).toEqual([]);
  },
);

test("a submission that was not looked at is forgotten without a word", () => {
  const { context, reports, store } = auditorWith("due");
  applyAuditEvent(context, settled);
  expect(reports).toEqual([]);
  expect(store.audits("due", "ended")).toEqual([]);
});
