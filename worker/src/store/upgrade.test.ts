import { join } from "node:path";
import {
  cidOf,
  hashSpec,
  hashTerms,
  type JobSpec,
  type JobTerms,
  Outcome,
  outcomeCode,
} from "@assay/sdk";
import SqliteDatabase from "better-sqlite3";
import { zeroAddress, zeroHash } from "viem";
import { afterEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../test/network.ts";
import { encodeSpec, encodeTerms } from "./jobCodec.ts";
import { migrate } from "./migrations.ts";
import { openNodeStore } from "./nodeStore.ts";

const started = startedThings();
afterEach(() => started.end());

const spec: JobSpec = {
  program: cidOf(Uint8Array.of(1)),
  manifest: cidOf(Uint8Array.of(2), "dag-cbor"),
  inputRoot: `0x${"ab".repeat(32)}`,
  memoryPages: 16,
  maxResultBytes: 1_000,
  maxSteps: 1_000n,
  machineRoot: zeroHash,
};
const terms: JobTerms = {
  ...{ requester: zeroAddress, token: zeroAddress, arbiter: zeroAddress },
  ...{ taskCount: 10, batchSize: 2, rewardPerTask: 1n, stakePerBatch: 1n, minScore: 0 },
  ...{ claimUntil: 2_000_000_000, submitWindowSeconds: 60, challengeWindowSeconds: 600 },
  ...{ salt: 1n, specHash: hashSpec(spec) },
};
const jobId = hashTerms(terms);
const identity = {
  chainId: 31_337,
  genesis: `0x${"01".repeat(32)}`,
  marketplace: "0x00000000000000000000000000000000000000A5",
  account: "0x00000000000000000000000000000000000000b6",
} as const;

test("a database of the first version is brought up to date, with everything that it knew", async () => {
  const file = join(await temporaryFolder(started), "node.sqlite");
  const old = new SqliteDatabase(file);
  migrate(old, 2);
  const { chainId, genesis, marketplace, account } = identity;
  old
    .prepare("INSERT INTO chain VALUES (1, ?, ?, ?, ?, 42)")
    .run(chainId, genesis, marketplace, account);
  old
    .prepare("INSERT INTO jobs VALUES (?, 7, ?, ?, 'ready', NULL, 12.5)")
    .run(jobId, encodeTerms(terms), encodeSpec(spec));
  const batch = old.prepare(
    "INSERT INTO batches (job_id, batch, state, deadline) VALUES (?, ?, ?, 9)",
  );
  for (const [i, state] of ["claimed", "computed", "submitted", "settled"].entries()) {
    batch.run(jobId, i, state);
  }
  old
    .prepare("INSERT INTO task_results VALUES (?, 1, ?, NULL, NULL)")
    .run(jobId, outcomeCode(Outcome.trap));
  old.close();

  const store = openNodeStore(file, identity, { startBlock: 0n });
  started.add(() => store.close());
  expect(store.nextBlock()).toBe(42n);
  expect(store.job(jobId)).toMatchObject({ terms, spec, taskMs: 12.5, block: 7n });
  const claimed = store.batches("claimed");
  expect(claimed).toMatchObject([{ jobId, batch: 0, deadline: 9 }]);
  expect(store.batches("submitted")).toMatchObject([{ batch: 2 }]);
  expect(store.results(jobId, { first: 0, count: 10 })).toMatchObject([{ position: 1 }]);
});

test("what an auditor had found by the earlier rules is looked at anew, and what is over stays over", async () => {
  const file = join(await temporaryFolder(started), "node.sqlite");
  const old = new SqliteDatabase(file);
  migrate(old, 5);
  const { chainId, genesis, marketplace, account } = identity;
  old
    .prepare("INSERT INTO chain VALUES (1, ?, ?, ?, ?, 42)")
    .run(chainId, genesis, marketplace, account);
  const { machineRoot: _, ...earlierSpec } = JSON.parse(encodeSpec(spec));
  old
    .prepare("INSERT INTO jobs (job_id, block, terms, spec, state) VALUES (?, 7, ?, ?, 'tried')")
    .run(jobId, encodeTerms(terms), JSON.stringify(earlierSpec));
  const audit = old.prepare(
    `INSERT INTO audits (job_id, batch, result_root, worker, results, block, state, position, salt)
     VALUES (?, ?, ?, ?, NULL, 8, ?, 3, '0x0a')`,
  );
  for (const [batch, state] of ["prepared", "demanded", "clean", "ended"].entries()) {
    audit.run(jobId, batch, genesis, account, state);
  }
  old.prepare("INSERT INTO disputes (id, dispute, leaf) VALUES ('0x01', '{}', '{}')").run();
  old.prepare("INSERT INTO verdicts VALUES ('0x01', 0, 2, '0x0b')").run();
  old.close();

  const store = openNodeStore(file, identity, { startBlock: 0n });
  started.add(() => store.close());
  expect(store.job(jobId)?.spec).toEqual(spec);
  expect(store.audits("due")).toMatchObject([
    { batch: 0, block: 8n, position: undefined, salt: undefined },
    { batch: 1, block: 8n, position: undefined, salt: undefined },
  ]);
  expect(store.audits("clean", "ended").map(({ batch }) => batch)).toEqual([2, 3]);
  expect(store.disputes("party")).toEqual([]);
  expect(store.verdict("0x01", 0)).toEqual({ verdict: 2, salt: "0x0b" });
  expect(store.nextJuryBlock()).toBe(42n);
});
