import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cidOf,
  type Dispute,
  hashDispute,
  hashSpec,
  hashTerms,
  Ruling,
  toResultLeaf,
} from "@assay/sdk";
import { type Address, zeroAddress } from "viem";
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
};
const terms = {
  ...{ requester: zeroAddress, token: zeroAddress, arbiter: worker, taskCount: 10, batchSize: 5 },
  ...{ rewardPerTask: 1n, stakePerBatch: 1n, minScore: 0, claimUntil: 2_000_000_000 },
  ...{ submitWindowSeconds: 60, challengeWindowSeconds: 600, salt: 0n, specHash: hashSpec(spec) },
} as const;
const jobId = hashTerms(terms);
const dispute: Dispute = {
  ...{ job: jobId, specHash: terms.specHash, batch: 1, position: 7, ground: 1 },
  ...{ requester: zeroAddress, worker, challenger: zeroAddress, resultRoot: hash("01") },
  ...{ resultLeaf: hash("02"), openedAt: 5, bond: 2n ** 96n - 1n, fee: 3n },
};
const id = hashDispute(dispute);
const leaf = toResultLeaf(7, { outcome: 1, cid: cidOf(Uint8Array.of(9)), byteLength: 1 });

test("audits, disputes and verdicts are there after a restart, to the last digit", () => {
  const identity = {
    ...{ chainId: 31_337, genesis: hash("00"), marketplace: worker, account: zeroAddress },
  } as const;
  const open = () => openNodeStore(join(folder, "node.sqlite"), identity);
  const submission = { jobId, batch: 1, resultRoot: hash("01"), worker, results: spec.manifest };
  const before = open();
  before.recordJobs([{ jobId, block: 1n, terms, spec }]);
  before.addAudit(submission);
  before.addAudit(submission); // an event can come again
  before.setAudit(submission, "wrong", { position: 7, salt: hash("0a") });
  before.setAudit(submission, "prepared", { preparedAt: 12n });
  before.addDispute({ id, dispute, leaf });
  before.addVerdict(id, 0, { verdict: Ruling.workerWrong, salt: hash("0b") });
  before.addVerdict(id, 0, { verdict: Ruling.workerRight, salt: hash("0c") });
  before.close();

  const after = open();
  try {
    expect(after.audits("due", "wrong")).toEqual([]);
    expect(after.audits("prepared")).toEqual([
      { ...submission, state: "prepared", position: 7, salt: hash("0a"), preparedAt: 12n },
    ]);
    const kept = { id, dispute, leaf, resolved: false, juryDone: false };
    expect(after.disputes("resolution")).toEqual([kept]);
    // What we said first is what we are bound to.
    expect(after.verdict(id, 0)).toEqual({ verdict: Ruling.workerWrong, salt: hash("0b") });
    expect(after.verdict(id, 1)).toBeUndefined();
    after.noteResolved(id);
    expect(after.disputes("resolution")).toEqual([]);
    expect(after.disputes("jury")).toEqual([{ ...kept, resolved: true }]);
    after.noteJuryDone(id);
    expect(after.disputes("jury")).toEqual([]);
  } finally {
    after.close();
  }
});
