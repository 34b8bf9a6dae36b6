import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cidOf,
  type Dispute,
  Ground,
  hashDispute,
  hashSpec,
  hashTerms,
  Ruling,
  toResultLeaf,
} from "@assay/sdk";
import { type Address, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNodeStore } from "./nodeStore.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-store-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const worker: Address = "0x00000000000000000000000000000000000000C7";
const hash = (byte: string) => `0x${byte.repeat(32)}` as const;
const spec = {
  ...{ program: cidOf(Uint8Array.of(1)), manifest: cidOf(Uint8Array.of(2), "dag-cbor") },
  ...{ inputRoot: hash("ab"), memoryPages: 16, maxResultBytes: 1_000, maxSteps: 1n },
  machineRoot: zeroHash,
};
const terms = {
  ...{ requester: zeroAddress, token: zeroAddress, arbiter: worker, taskCount: 10, batchSize: 5 },
  ...{ rewardPerTask: 1n, stakePerBatch: 1n, minScore: 0, claimUntil: 2_000_000_000 },
  ...{ submitWindowSeconds: 60, challengeWindowSeconds: 600, salt: 0n, specHash: hashSpec(spec) },
} as const;
const jobId = hashTerms(terms);
const dispute: Dispute = {
  ...{ job: jobId, specHash: terms.specHash, batch: 1, position: 7, ground: 1 },
  ...{ round: 2, number: 3, answer: hash("04") },
  ...{ requester: zeroAddress, worker, challenger: zeroAddress, resultRoot: hash("01") },
  ...{ resultLeaf: hash("02"), openedAt: 5, bond: 2n ** 96n - 1n, fee: 3n },
};
const id = hashDispute(dispute);
const leaf = toResultLeaf(7, { outcome: "ok", cid: cidOf(Uint8Array.of(9)), byteLength: 1 });

const identity = {
  ...{ chainId: 31_337, genesis: hash("00"), marketplace: worker, account: zeroAddress },
} as const;
const submission = {
  ...{ jobId, batch: 1, resultRoot: hash("01"), worker, results: spec.manifest, block: 7n },
};

test("audits, disputes and verdicts are there after a restart, to the last digit", () => {
  const open = () => openNodeStore(join(folder, "node.sqlite"), identity);
  const before = open();
  before.recordJobs([{ jobId, block: 1n, terms, spec }]);
  before.addAudit(submission);
  before.addAudit(submission); // an event can come again
  const found = {
    ...{
      position: 7,
      ground: Ground.unavailable,
      leaf,
      proof: [hash("0d")],
      shownBy: hash("0e"),
      salt: hash("0a"),
      answer: hash("0f"),
    },
    ...{ soughtSince: 3, bond: 2n ** 96n - 1n, asked: { round: 2, number: 4 } },
  };
  expect(before.moveAudit(submission, "due", "wrong", found)).toBe(true);
  expect(before.moveAudit(submission, "due", "clean")).toBe(false); // it is further by now
  before.moveAudit(submission, ["due", "wrong"], "prepared", { asked: undefined, bond: 7n });
  before.addDispute({ id, dispute, leaf, arbiter: worker }, 9n);
  before.noteAppeal(id, 2n ** 90n);
  before.addVerdict(id, 0, { verdict: Ruling.workerWrong, salt: hash("0b") });
  before.addVerdict(id, 0, { verdict: Ruling.workerRight, salt: hash("0c") });
  before.close();

  const after = open();
  try {
    expect(after.audits("due", "wrong")).toEqual([]);
    const prepared = {
      ...{ ...submission, ...found, state: "prepared", asked: undefined, bond: 7n },
    };
    expect(after.audits("prepared")).toEqual([prepared]);
    expect(after.openAudits(jobId, 1)).toEqual([prepared]);
    expect(after.openAudits(jobId, 2)).toEqual([]);
    const kept = {
      ...{ id, dispute, leaf, arbiter: worker, resolved: false, juryDone: false },
      block: 9n,
      appealFee: 2n ** 90n,
    };
    expect(after.dispute(id)).toEqual(kept);
    expect(after.dispute(hash("05"))).toBeUndefined();
    expect(after.disputes("party")).toEqual([kept]);
    // What we said first is what we are bound to.
    expect(after.verdict(id, 0)).toEqual({ verdict: Ruling.workerWrong, salt: hash("0b") });
    expect(after.verdict(id, 1)).toBeUndefined();
    after.noteResolved(id);
    after.notePartyDone(id);
    expect(after.disputes("party")).toEqual([]);
    expect(after.disputes("jury")).toEqual([{ ...kept, resolved: true }]);
    after.noteJuryDone(id);
    expect(after.disputes("jury")).toEqual([]);
  } finally {
    after.close();
  }
});

test("a root that is submitted again, by whomever, is looked at again", () => {
  const store = openNodeStore(":memory:", identity);
  store.recordJobs([{ jobId, block: 1n, terms, spec }]);
  store.addAudit(submission);
  const again = { ...submission, worker: zeroAddress, block: 9n };
  store.addAudit(again); // the first is not over
  expect(store.audits("due")).toMatchObject([{ worker, block: 7n }]);
  store.moveAudit(submission, "due", "ended", { position: 3, salt: hash("0a") });
  store.addAudit(again);
  expect(store.audits("due")).toMatchObject([
    { worker: zeroAddress, block: 9n, position: undefined, salt: undefined },
  ]);
  store.moveAudit(submission, "due", "clean");
  store.addAudit(again); // the same event, read twice
  expect(store.audits("due")).toEqual([]);
  store.close();
});

test("what a reorganisation took away is forgotten, and what it may have changed is asked for again", () => {
  const store = openNodeStore(":memory:", identity);
  store.recordJobs([{ jobId, block: 1n, terms, spec }]);
  store.noteBlocks([], 100n);
  store.addAudit(submission);
  const other = { ...dispute, position: 8 };
  store.addDispute({ id, dispute, leaf, arbiter: worker }, 9n);
  store.addDispute({ id: hashDispute(other), dispute: other, leaf, arbiter: worker }, 11n);
  store.noteJuryBlocks(100n);
  store.noteResolved(id);
  store.notePartyDone(id);
  store.rollBackAudits(8n);
  expect(store.audits("due")).toHaveLength(1);
  store.rollBackDisputes(10n);
  expect(store.disputes("party")).toMatchObject([{ id, resolved: false }]);
  expect(store.nextJuryBlock()).toBe(11n);
  store.rollBackAudits(6n);
  expect(store.audits("due")).toEqual([]);
  store.addAudit({ ...submission, block: 8n });
  expect(store.audits("due")).toMatchObject([{ block: 8n }]);
  store.close();
});

test("the processors' time is counted over the last hour", () => {
  const store = openNodeStore(":memory:", identity);
  const at = (minutes: number) => new Date(minutes * 60_000);
  store.addAuditCpu(1_000.5, at(100));
  store.addAuditCpu(500, at(100));
  store.addAuditCpu(7, at(130));
  expect(store.auditCpuMs(at(159))).toBe(1_507.5);
  expect(store.auditCpuMs(at(160))).toBe(7);
  expect(store.auditCpuMs(at(190))).toBe(0);
  store.close();
});
