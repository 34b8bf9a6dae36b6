import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ground } from "@assay/sdk";
import { getAddress, parseEther } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { disputesOn, leafOf } from "../../../worker/test/disputes.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import {
  accountOf,
  next,
  type Requester,
  startNode,
  temporaryFolder,
} from "../../../worker/test/network.ts";
import { callCli, devEnvironment, jsonLines } from "../../test/callCli.ts";

let chain: TestChain;
let requester: Requester;
let jury: `0x${string}`;
let folder: string;
let env: Record<string, string>;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury } = market);
});
beforeEach(async () => {
  folder = await temporaryFolder(started);
  env = devEnvironment(chain, requester);
  await writeFile(join(folder, "echo.wasm"), echo.wasm);
  await writeFile(join(folder, "lines"), "one\ntwo\r\nthree\n");
});
const disputes = disputesOn(() => ({ chain, requester, jury, started }));

const job = (...argv: string[]) => callCli(["job", ...argv], env);
const program = () => ["--program", join(folder, "echo.wasm")];
const lines = () => ["--inputs-lines", join(folder, "lines")];
const withoutKey = () => {
  const { ASSAY_PRIVATE_KEY: _, ...rest } = env;
  return rest;
};

test("a job is posted, served, looked at, and its results are read, with what `assay dev` prints", async () => {
  const node = await startNode(chain, requester, started);
  const posted = await job(
    ...["post", ...program(), ...lines(), "--reward", "0.01", "--batch-size", "2", "--json"],
  );
  expect(posted).toMatchObject({ exitCode: 0, line: undefined });
  const [{ jobId, ...fields } = {}] = jsonLines(posted);
  expect(fields).toMatchObject({
    escrow: parseEther("0.03").toString(),
    requester: accountOf(chain, 1).address,
  });
  expect(posted.stderr).toMatch(/least reward .*ether at today's gas price/);
  expect(posted.stderr).not.toContain("Warning");
  const id = String(jobId);

  // Whoever reads needs no key.
  const reader = withoutKey();
  const read = (...argv: string[]) => callCli(["job", ...argv], reader);
  const status = await read("status", id, "--json");
  expect(jsonLines(status)).toMatchObject([
    { jobId, status: "posted", openTasks: 0, batches: { submitted: 2 }, terms: { taskCount: 3 } },
  ]);
  expect((await read("status", id)).stdout).toMatch(/batches +2 submitted/);
  const listed = await read("list", "--json", "--state", "closed");
  expect(jsonLines(listed)).toMatchObject([{ jobId, isOpen: false, openTasks: 0 }]);
  expect((await read("list", "--state", "open")).stderr).toBe("There is no such job.\n");

  const results = await read("results", id, "--json", "--ordered");
  expect(results.exitCode).toBe(0);
  const texts = jsonLines(results).map(({ result }) => Buffer.from(String(result), "base64"));
  expect(texts.map(String)).toEqual(["one", "two", "three"]);
  const out = join(folder, "results");
  const written = await read("results", id, "--out", out);
  expect(written).toMatchObject({ exitCode: 0, stdout: "" });
  expect(await readdir(out)).toEqual(["0", "1", "2"]);
  expect(await readFile(join(out, "2"), "utf8")).toBe("three");
  expect(written.stderr).toContain("results: 3 of 3");

  const audited = await read("audit", id, "--rate", "1", "--json");
  expect(audited.exitCode).toBe(0);
  expect(jsonLines(audited).map(({ agrees }) => agrees)).toEqual([true, true, true]);

  // Batches that were slashed would be open again; now there is nothing to take back.
  const early = await job("cancel", id, "--yes");
  expect(early.stdout).toMatch(/^The job is cancelled. No batch was open, so nothing comes back/);

  const watched = read("watch", id, "--json");
  const settled = next(node, "batch settled", ({ batch }) => batch === 1);
  await chain.increaseTime(601);
  await settled;
  const { exitCode, ...told } = await watched;
  expect(exitCode).toBe(0);
  const types = jsonLines({ exitCode, ...told }).map(({ type }) => type);
  expect(types.toSorted()).toEqual([
    ...["batchClaimed", "batchClaimed", "batchSettled", "batchSettled"],
    ...["batchSubmitted", "batchSubmitted", "jobCancelled", "jobPosted"],
  ]);
  const late = await job("cancel", id, "--yes");
  expect(late).toMatchObject({ exitCode: 1, line: expect.stringContaining("nothing was sent") });

  const car = join(folder, "job.car");
  const exported = await read("export", id, car, "--json");
  expect(jsonLines(exported)).toMatchObject([{ jobId, file: car, roots: { length: 4 } }]);
  expect(await readdir(folder)).not.toContain("job.car.part");
});

test("a job that pays too little is warned of, says why it waits, and is cancelled", async () => {
  const order = ["post", ...program(), ...lines(), "--reward", "1wei", "--claim-for", "60s"];
  const posting = job(...order, "--json");
  await expect.poll(async () => (await requester.market.listJobs().next()).done).toBe(false);
  const { value } = await requester.market.listJobs().next();
  const id = value?.jobId ?? "";
  // After some seconds it says so by itself; here somebody asks.
  const why = await callCli(["job", "why", id], withoutKey());
  expect(why.stdout).toMatch(/^REWARD_BELOW_GAS: .*\n {2}Post it again with/);
  const cancelled = await job("cancel", id, "--json");
  expect(jsonLines(cancelled)).toMatchObject([{ jobId: id, refund: "3" }]);
  const posted = await posting;
  expect(posted.exitCode).toBe(0);
  expect(posted.stderr).toMatch(/Warning: a node of default policy takes/);
  const again = await job("cancel", id);
  expect(again).toMatchObject({ exitCode: 1, line: expect.stringContaining("cancelled") });
});

test("inputs come from files, folders and standard input, and AssemblyScript is compiled", async () => {
  await mkdir(join(folder, "inputs"));
  for (const name of ["b", "a"]) await writeFile(join(folder, "inputs", name), name);
  const source = join(folder, "upper.ts");
  await writeFile(source, "export function main(input: Uint8Array): Uint8Array { return input; }");
  const quote = ["quote", "--json", "--program", source];
  const ofFolder = await job(...quote, "--inputs-dir", join(folder, "inputs"));
  expect(jsonLines(ofFolder)).toMatchObject([{ taskCount: 2, fuel: { isMeasured: true } }]);
  const file = join(folder, "inputs", "a");
  const ofFiles = await job(...quote, "--input", file, "--input", file, "--input", file);
  expect(jsonLines(ofFiles)).toMatchObject([{ taskCount: 3 }]);
  const ofStream = await callCli(["job", ...quote, "--inputs-lines", "-"], env, {
    stdin: "a\nb\nc\nd",
  });
  expect(jsonLines(ofStream)).toMatchObject([{ taskCount: 4 }]);
  const ofNumber = await job("quote", "--tasks", "1000", "--reward", "0.001");
  expect(ofNumber.stdout).toMatch(/escrow +1 ether\n/);
});

test("the contents of a CAR are stored, and served until Ctrl-C", async () => {
  const posted = await requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(3), rewardPerTask: 1n, batchSize: 3 },
  });
  const car = join(folder, "job.car");
  expect((await job("export", posted.jobId, car)).exitCode).toBe(0);
  const away = { ...env, ASSAY_BOOTSTRAP: "" };
  const imported = await callCli(["job", "import", car, "--json"], away, {
    onText(text) {
      if (text.includes("until Ctrl-C")) process.emit("SIGINT");
    },
  });
  expect(imported.exitCode).toBe(130);
  expect(jsonLines(imported)).toMatchObject([{ missing: [], blocks: 6, roots: { length: 2 } }]);
});

test("questions about batches are listed and shown", async () => {
  await disputes.stakeJurors();
  const worker = await disputes.start({ account: 2 });
  const submitted = next(worker, "batch submitted");
  const posted = await disputes.post();
  const { resultRoot } = await submitted;
  const { leaf, proof } = await leafOf(disputes.client(4), posted, 0);
  await worker.stop();
  await chain.increaseTime(1);
  const asker = disputes.client(3);
  await disputes.demand(asker, posted, { position: 1, resultRoot });
  const { question, prepared } = await disputes.prepare(disputes.client(4), posted, {
    ...{ job: posted.jobId, batch: 0, position: 0, resultRoot, ground: Ground.unavailable },
  });
  const { terms } = posted;
  const { id } = await disputes.client(4).challenge({ terms, question, leaf, proof, prepared });

  const { ASSAY_PRIVATE_KEY: _, ...reader } = env;
  const listed = await callCli(["dispute", "list", "--json"], reader);
  expect(jsonLines(listed)).toMatchObject([
    { kind: "challenge", status: "pending", batch: 0, position: 0, dispute: id },
    { kind: "demand", status: "pending", position: 1, asker: accountOf(chain, 3).address },
  ]);
  const of = ["--job", posted.jobId];
  expect((await callCli(["dispute", "list", ...of], reader)).stdout).toMatch(/demand 1 +pending/);
  const shown = await callCli(["dispute", "show", posted.jobId, "0", "--json"], reader);
  expect(jsonLines(shown)).toMatchObject([
    { arbiter: getAddress(jury), state: { status: "questioned" }, questions: [{}, {}] },
  ]);
  const none = await callCli(["dispute", "show", posted.jobId, "7"], reader);
  expect(none).toMatchObject({ exitCode: 2, line: "The job has batches 0 to 0, and no 7." });
});

describe("what is called wrongly is one line that names the fix", () => {
  test.each<[string[], number, RegExp]>([
    [["post"], 2, /Give --reward, such as 0.001/],
    [["post", "--reward", "1"], 2, /Which program\? Give --program/],
    [["post", "--reward", "1", "PROGRAM"], 2, /Which inputs\? Give one of --input/],
    [["post", "--reward", "1", "PROGRAM", "LINES", "--input", "x"], 2, /Which inputs\?/],
    [["post", "--reward", "1", "PROGRAM", "LINES", "--detach"], 2, /give --content kubo/],
    [["post", "--reward", "1", "PROGRAM", "--input", "/nowhere"], 2, /nowhere cannot be read/],
    [["post", "--reward", "1", "--program", "/nowhere", "LINES"], 2, /nowhere cannot be read/],
    [["post", "--reward", "1", "--program", "LINESFILE", "LINES"], 1, /Not a program/],
    [["status"], 2, /<job id> is missing/],
    [["status", "0x12"], 2, /0x12: give a job id/],
    [["status", `0x${"11".repeat(32)}`], 1, /No job 0x1111.* was found/],
    [["list", "--program", "x"], 2, /--program x: give a CID/],
    [["quote", "--tasks", "1", "LINES"], 2, /--tasks is for jobs without inputs/],
    [["quote", "--inputs-lines", "/nowhere"], 2, /nowhere cannot be read \(ENOENT\)/],
    [["quote", "--inputs-dir", "/nowhere"], 2, /nowhere cannot be read \(ENOENT\)/],
    [["import", "/nowhere.car"], 2, /nowhere.car cannot be read/],
  ])("%j", async (argv, exitCode, line) => {
    const words = argv.flatMap((word) => {
      if (word === "PROGRAM") return program();
      if (word === "LINESFILE") return join(folder, "lines");
      return word === "LINES" ? lines() : word;
    });
    const call = await job(...words);
    expect(call).toMatchObject({ exitCode, stdout: "", line: expect.stringMatching(line) });
    expect(JSON.stringify(call)).not.toContain(env.ASSAY_PRIVATE_KEY?.slice(2, 30));
  });

  test("without a chain, without a Marketplace", async () => {
    const none = await callCli(["job", "list"], {});
    expect(none).toMatchObject({ exitCode: 2, line: expect.stringContaining("ASSAY_RPC") });
    const wrong = { ...env, ASSAY_MARKETPLACE: `0x${"11".repeat(20)}` };
    for (const argv of [["list"], ["why", `0x${"11".repeat(32)}`]]) {
      expect(await callCli(["job", ...argv], wrong)).toMatchObject({
        ...{ exitCode: 1, line: expect.stringContaining("There is no contract at 0x1111") },
      });
    }
  });
});
