import {
  cidOf,
  type Dispute,
  hashDispute,
  type MarketEvent,
  Ruling,
  toResultLeaf,
} from "@assay/sdk";
import { type Address, zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { arbiter, jobId, spec, terms } from "../../test/job.ts";
import { DEFAULT_POLICY } from "../jobs/policy.ts";
import type { NodeContext } from "../kernel/context.ts";
import { openNodeStore } from "../store/nodeStore.ts";
import type { Arbiter, DisputeStanding, PartyDispute } from "./arbiters/arbiter.ts";
import { createArbiters } from "./arbiters/arbiters.ts";
import { createPlainArbiter } from "./arbiters/plain.ts";
import { createParties } from "./parties.ts";

const hash = (byte: string) => `0x${byte.repeat(32)}` as const;
const account: Address = "0x00000000000000000000000000000000000000C7";
const dispute: Dispute = {
  job: jobId,
  specHash: terms.specHash,
  batch: 1,
  position: 7,
  ground: 1,
  round: 0,
  number: 1,
  answer: hash("04"),
  requester: zeroAddress,
  worker: account,
  challenger: zeroAddress,
  resultRoot: hash("01"),
  resultLeaf: hash("02"),
  openedAt: 5,
  bond: 2n,
  fee: 3n,
};
const id = hashDispute(dispute);
const leaf = toResultLeaf(7, { outcome: "ok", cid: cidOf(Uint8Array.of(9)), byteLength: 1 });

/** A worker with one dispute before `arbiter`, the calls that its client got, and what it reported. */
function partyBefore(arbiterOf: (context: NodeContext) => Arbiter[], getCredit = async () => 0n) {
  const calls: string[] = [];
  const reports: [name: string, fields: object][] = [];
  const store = openNodeStore(":memory:", {
    chainId: 31_337,
    genesis: hash("00"),
    marketplace: zeroAddress,
    account,
  });
  store.recordJobs([{ jobId, block: 1n, terms, spec }]);
  store.addDispute({ id, dispute, leaf, arbiter }, 2n);
  const client = {
    getCredit,
    async withdraw() {
      calls.push("withdraw");
      return { hash: zeroHash, gasUsed: 0n, feeWei: 0n, amount: 1n, blockNumber: 3n };
    },
    getParameters: async () => ({ disputeTimeoutSeconds: 1_000 }),
    getRuling: async () => Ruling.none,
    async resolve() {
      calls.push("resolve");
      return { hash: zeroHash, gasUsed: 0n, feeWei: 0n, ruling: Ruling.workerRight };
    },
  };
  const context = {
    account,
    client,
    store,
    policy: { ...DEFAULT_POLICY, stakeWei: 0n },
    report: (name: string, fields: object) => void reports.push([name, fields]),
    head: () => ({ number: 10n, timestamp: 10 }),
  } as unknown as NodeContext;
  const part = createParties(context, createArbiters(context, arbiterOf(context)));
  return { calls, part, reports, store };
}

test("a party takes the steps of whatever kind of arbiter, then has the ruling carried out, then closes the dispute there", async () => {
  let moves = 2;
  const { calls, part, reports, store } = partyBefore((context) => [
    {
      ...createPlainArbiter(context, arbiter),
      async getStanding({ party }: PartyDispute): Promise<DisputeStanding> {
        return {
          ruling: moves === 0 ? Ruling.workerRight : Ruling.none,
          step:
            moves === 0
              ? undefined
              : async () => {
                  calls.push(`move of the ${party}`);
                  moves--;
                  return true;
                },
          async close() {
            calls.push("close");
            return true;
          },
        };
      },
      async withdrawCredit() {
        if (calls.at(-1) === "close") calls.push("withdraw");
      },
    },
  ]);
  await part.start();
  await expect.poll(() => store.disputes("party")).toEqual([]);
  await part.stop();
  expect(calls).toEqual([
    "move of the worker",
    "move of the worker",
    "resolve",
    "close",
    "withdraw",
  ]);
  const ended = { jobId, batch: 1, id, ruling: Ruling.workerRight };
  expect(reports).toContainEqual(["dispute resolved", ended]);
  expect(reports.filter(([name]) => name === "dispute resolved")).toHaveLength(1);
});

test.each([
  ["as the arbiter ruled", Ruling.challengeFailed, Ruling.challengeFailed],
  ["undecided, when the Marketplace has waited long enough", Ruling.none, Ruling.undecided],
])("a dispute that others had resolved is reported, %s", async (_, ruling, reported) => {
  const { calls, part, reports, store } = partyBefore((context) => [
    {
      ...createPlainArbiter(context, arbiter),
      getStanding: async () => ({ ruling, step: undefined, close: async () => true }),
    },
  ]);
  store.noteResolved(id);
  await part.start();
  await expect.poll(() => store.disputes("party")).toEqual([]);
  await part.stop();
  expect(calls).toEqual([]);
  const ended = { jobId, batch: 1, id, ruling: reported };
  expect(reports).toEqual([["dispute resolved", ended]]);
});

test("an arbiter of unknown kind is waited for as long as the Marketplace does", async () => {
  const { calls, part, store } = partyBefore(() => []);
  await part.start();
  await part.stop();
  expect(calls).toEqual([]);
  expect(store.disputes("party")).toHaveLength(1);
});

test("credit that comes while the credit is read is withdrawn, too", async () => {
  const credits = [0n, 1n];
  const grown: MarketEvent = {
    ...{ type: "feeReturned", jobId, batch: 1, account, amount: 1n },
    ...{ blockNumber: 3n, blockHash: zeroHash, transactionHash: zeroHash, logIndex: 0 },
  };
  const { calls, part } = partyBefore(
    () => [],
    async () => {
      // The event comes when the answer, which knows nothing of it, is already under way.
      if (credits.length === 2) part.onEvents([grown]);
      return credits.shift() ?? 0n;
    },
  );
  await part.start();
  await expect.poll(() => calls).toEqual(["withdraw"]);
  await part.stop();
});
