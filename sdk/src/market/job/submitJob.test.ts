import { CID } from "multiformats/cid";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localParameters } from "../../../../test/fixtures/chain.ts";
import { startMarket, type TestMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { compileProgram } from "../../compile/index.ts";
import {
  type Content,
  cidOf,
  hashSpec,
  hashTerms,
  type JobHint,
  memoryContent,
  openInputManifest,
  putBytes,
  type RunJobProgress,
  type SubmitJobProgress,
} from "../../index.ts";

async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

let market: TestMarket;
let program: Uint8Array;
const announced: JobHint[] = [];
beforeAll(async () => {
  const source = "export function main(input: Uint8Array): Uint8Array { return input; }";
  [market, program] = await Promise.all([
    startMarket(),
    compileProgram({ source, memoryPages: 2 }),
  ]);
});
afterAll(() => market[Symbol.asyncDispose]());

const code = (expected: string) => expect.objectContaining({ code: expected });
const announcer = {
  async announce(hint: JobHint) {
    announced.push(hint);
  },
};

describe("submitJob", () => {
  test("stores, provides, posts and announces, in this order, and says so", async () => {
    const calls: string[] = [];
    const content: Content = {
      ...market.content,
      async provide(cid) {
        calls.push(`provide ${cid}`);
      },
    };
    const client = market.client(1, { content, announcer });
    const progress: SubmitJobProgress[] = [];
    const inputs = [1, 2, 3].map((byte) => new Uint8Array([byte]));
    const job = await client.submitJob({
      ...{ program, inputs, rewardPerTask: 7n },
      onProgress: (event) => {
        progress.push(event);
        if (event.type === "posted") calls.push("posted");
      },
    });

    const { terms, spec, jobId, blockNumber } = job;
    expect(jobId).toBe(hashTerms(terms));
    expect(terms.specHash).toBe(hashSpec(spec));
    expect(calls).toEqual([`provide ${spec.program}`, `provide ${spec.manifest}`, "posted"]);
    expect(announced.at(-1)).toEqual({ job: jobId, block: blockNumber });
    const stored = { type: "inputStored", byteLength: 1 };
    expect(progress).toMatchObject([
      { type: "machineNamed", machineRoot: spec.machineRoot, reason: undefined },
      { type: "programStored", cid: cidOf(program), byteLength: program.length },
      { ...stored, position: 0, cid: cidOf(new Uint8Array([1])) },
      { ...stored, position: 1, cid: cidOf(new Uint8Array([2])) },
      { ...stored, position: 2, cid: cidOf(new Uint8Array([3])) },
      { type: "manifestWritten", cid: spec.manifest, taskCount: 3 },
      { type: "provided", cid: spec.program },
      { type: "provided", cid: spec.manifest },
      { type: "posted", jobId, blockNumber, escrow: 21n },
      { type: "announced" },
    ]);
    const [posted] = await client.getPostedJobs({ fromBlock: blockNumber, toBlock: blockNumber });
    expect(posted).toMatchObject({ jobId, terms });
  });

  test("has sensible defaults, by the chain's clock", async () => {
    await market.chain.increaseTime(1_000_000);
    const now = await market.chain.now();
    const inputs = Array.from({ length: 100 }, () => new Uint8Array());
    const { terms, spec } = await market.requester.submitJob({
      ...{ program, inputs, rewardPerTask: 10n ** 15n },
    });
    expect(terms).toMatchObject({
      taskCount: 100,
      batchSize: 8,
      stakePerBatch: 8n * 10n ** 15n,
      claimUntil: now + 86_400,
      submitWindowSeconds: 3600,
      challengeWindowSeconds: localParameters.minChallengeWindowSeconds,
    });
    expect(spec).toMatchObject({ memoryPages: 2, maxResultBytes: 2 ** 20 });
  });

  test("the same job twice is two jobs", async () => {
    const job = { program, inputs: [new Uint8Array()], rewardPerTask: 1n };
    const [one, two] = [
      await market.requester.submitJob(job),
      await market.requester.submitJob(job),
    ];
    expect(one.jobId).not.toBe(two.jobId);
    expect(one.spec).toEqual(two.spec);
    expect(one.terms.stakePerBatch).toBe(localParameters.minStakePerBatch);
  });

  test("takes inputs as a stream, and holds but a few of them", async () => {
    let made = 0;
    let stored = 0;
    async function* stream() {
      for (; made < 2_000; made++) {
        expect(made - stored).toBeLessThanOrEqual(256);
        yield new Uint8Array([made, made >> 8]);
      }
    }
    const { terms, spec } = await market.requester.submitJob({
      ...{ program, inputs: stream(), rewardPerTask: 1n, batchSize: 10_000 },
      onProgress: ({ type }) => {
        if (type === "inputStored") stored += 1;
      },
    });
    expect(terms).toMatchObject({ taskCount: 2_000, batchSize: 2_000 });
    const manifest = await openInputManifest(market.content, {
      ...{ cid: spec.manifest, root: spec.inputRoot, count: 2_000 },
    });
    for await (const { cid, position } of manifest.entries()) {
      expect(cid.equals(cidOf(new Uint8Array([position, position >> 8])))).toBe(true);
    }
  });

  test("takes a program by its CID", async () => {
    const cid = await putBytes(market.content, program);
    const inputs = [new Uint8Array([1])];
    const job = await market.requester.submitJob({ program: cid, inputs, rewardPerTask: 1n });
    expect(job.spec.program.equals(cid)).toBe(true);
    const nowhere = cidOf(new Uint8Array([1, 2, 3]));
    await expect(
      market.requester.submitJob({ program: nowhere, inputs, rewardPerTask: 1n }),
    ).rejects.toThrow(code("CONTENT_NOT_FOUND"));
  });

  test("takes contents by their CIDs, of which it reads those without a length", async () => {
    const long = new Uint8Array(100_000).fill(7);
    const cids = [
      await putBytes(market.content, Uint8Array.of(1, 2)),
      await putBytes(market.content, long),
    ];
    const elsewhere = { cid: cidOf(Uint8Array.of(9, 9, 9)), byteLength: 3 };
    const inputs = [...cids, elsewhere, Uint8Array.of(4)];
    const { spec } = await market.requester.submitJob({ program, inputs, rewardPerTask: 1n });
    const manifest = await openInputManifest(market.content, {
      ...{ cid: spec.manifest, root: spec.inputRoot, count: 4 },
    });
    const entries = await collect(manifest.entries());
    expect(entries.map(({ byteLength }) => byteLength)).toEqual([2, 100_000, 3, 1]);
    expect(entries.map(({ cid }) => cid.toString())).toEqual(
      [...cids, elsewhere.cid, cidOf(Uint8Array.of(4))].map(String),
    );
  });

  test("a stream that fills one buffer again and again is stored as it came", async () => {
    const buffer = new Uint8Array(1);
    async function* stream() {
      for (let i = 0; i < 50; i++) {
        buffer[0] = i;
        yield buffer;
      }
    }
    const { spec } = await market.requester.submitJob({
      ...{ program, inputs: stream(), rewardPerTask: 1n },
    });
    const manifest = await openInputManifest(market.content, {
      ...{ cid: spec.manifest, root: spec.inputRoot, count: 50 },
    });
    for await (const { cid, position } of manifest.entries()) {
      expect(await market.content.get(cid)).toEqual(Uint8Array.of(position));
    }
  });

  test("leaves the thread to others while it stores many inputs in memory", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const inputs = Array.from({ length: 20_000 }, (_, i) => new Uint8Array([i, i >> 8]));
    let atManifest = 0;
    let atFirst = 0;
    await market.requester.submitJob({
      ...{ program, inputs, rewardPerTask: 1n },
      onProgress: ({ type }) => {
        if (type === "programStored") atFirst = turns;
        if (type === "manifestWritten") atManifest = turns;
      },
    });
    clearInterval(timer);
    expect(atManifest).toBeGreaterThan(atFirst);
  });

  test("a job that nobody could be told of is posted all the same", async () => {
    const failure = new Error("no peers");
    const client = market.client(1, { announcer: { announce: () => Promise.reject(failure) } });
    const progress: SubmitJobProgress[] = [];
    const { jobId } = await client.submitJob({
      ...{ program, inputs: [new Uint8Array()], rewardPerTask: 1n },
      onProgress: (event) => progress.push(event),
    });
    expect(progress.at(-1)).toEqual({ type: "notAnnounced", error: failure });
    expect(await client.getJob({ jobId })).toMatchObject({ status: "posted" });
  });
});

describe("submitJob refuses terms before it stores anything", () => {
  test.each<[string, unknown]>([
    ["rewardPerTask", 0n],
    ["rewardPerTask", 5],
    ["rewardPerTask", 2n ** 96n],
    ["rewardPerTask", undefined],
    ["stakePerBatch", 1n],
    ["batchSize", 0],
    ["batchSize", 1.5],
    ["batchSize", Number.NaN],
    ["minScore", 10_001],
    ["maxResultBytes", -1],
    ["maxSteps", 0n],
    ["claimForSeconds", 366 * 86_400],
    ["submitWindowSeconds", 0],
    ["challengeWindowSeconds", 1],
    ["token", "0x12"],
    ["arbiter", 7],
    ["from", "nowhere"],
  ])("%s of %s", async (name, value) => {
    const stored: unknown[] = [];
    const content: Content = {
      ...market.content,
      async put(bytes, options) {
        stored.push(bytes);
        return market.content.put(bytes, options);
      },
    };
    const client = market.client(1, { content });
    const wrong = { program, inputs: [new Uint8Array([1])], rewardPerTask: 1n, [name]: value };
    await expect(client.submitJob(wrong as never)).rejects.toMatchObject({
      code: "TERMS_INVALID",
      message: expect.stringContaining(`${name} cannot be ${value}`),
    });
    expect(stored).toEqual([]);
  });
});

describe("submitJob refuses, before anything is paid,", () => {
  const job = () => ({ program, inputs: [new Uint8Array([1])], rewardPerTask: 1n });

  test.each<[string, string, () => Partial<Parameters<typeof market.requester.submitJob>[0]>]>([
    ["no inputs", "MANIFEST_EMPTY", () => ({ inputs: [] })],
    ["what is no program", "PROGRAM_MALFORMED", () => ({ program: new Uint8Array([1]) })],
    ["a program by a CID that is none", "PROGRAM_MALFORMED", () => ({ program: noProgram })],
    ["too little memory for the program", "PROGRAM_MEMORY", () => ({ memoryPages: 1 })],
    [
      "an input above its memory",
      "CONTENT_TOO_LARGE",
      () => ({ inputs: [new Uint8Array(131_073)] }),
    ],
    [
      "a content that nobody has",
      "CONTENT_NOT_FOUND",
      () => ({ inputs: [cidOf(Uint8Array.of(7, 7, 7, 7))] }),
    ],
    [
      "a content of another length than it can have",
      "CONTENT_MALFORMED",
      () => ({ inputs: [{ cid: cidOf(Uint8Array.of(1)), byteLength: 2 ** 21 }] }),
    ],
    [
      "a content above its memory",
      "CONTENT_TOO_LARGE",
      () => ({ inputs: [{ cid: cidOf(Uint8Array.of(1)), byteLength: 131_073 }] }),
    ],
    ["a file of UnixFS", "CID_UNSUPPORTED", () => ({ inputs: [unixfs] })],
    ["more memory than a module has", "PROGRAM_MEMORY", () => ({ memoryPages: 65_537 })],
    ["a program by a CID of no job", "CID_UNSUPPORTED", () => ({ program: unixfs })],
    ["a text", "INPUT_INVALID", () => ({ inputs: ["text" as never] })],
    ["a list of numbers", "INPUT_INVALID", () => ({ inputs: Uint8Array.of(1, 2) as never })],
    ["no list", "INPUT_INVALID", () => ({ inputs: undefined as never })],
    ["an object", "INPUT_INVALID", () => ({ inputs: [{ byteLength: 1 } as never] })],
    ["a reward of nothing", "TERMS_INVALID", () => ({ rewardPerTask: 0n })],
    ["a stake below the minimum", "TERMS_INVALID", () => ({ stakePerBatch: 1n })],
    ["a window out of bounds", "TERMS_INVALID", () => ({ challengeWindowSeconds: 5 })],
  ])("%s: %s", async (_, expected, change) => {
    await putBytes(market.content, new Uint8Array([9]));
    const account = market.chain.accounts[1]?.address ?? "0x";
    const before = await market.requester.public.getBalance({ address: account });
    const refused = market.requester.submitJob({ ...job(), ...change() });
    await expect(refused).rejects.toThrow(code(expected));
    expect(await market.requester.public.getBalance({ address: account })).toBe(before);
  });
  const noProgram = cidOf(new Uint8Array([9]));
  const unixfs = CID.createV1(0x70, cidOf(new Uint8Array([9])).multihash);

  test("UnixFS, and says how a file is added", async () => {
    await expect(market.requester.submitJob({ ...job(), inputs: [unixfs] })).rejects.toThrow(
      /ipfs add --cid-version=1 --raw-leaves --hash=blake3/,
    );
  });

  test("an escrow that the account does not have, before anything is stored", async () => {
    const stored: SubmitJobProgress[] = [];
    const onProgress = (event: SubmitJobProgress) => stored.push(event);
    const account = privateKeyToAccount(generatePrivateKey());
    const client = market.client(1, { account });
    const inputs = [new Uint8Array([1]), new Uint8Array([2])];
    const poor = { program, inputs, rewardPerTask: parseEther("1.5"), onProgress };
    await expect(client.submitJob(poor)).rejects.toThrow(
      expect.objectContaining({
        code: "INSUFFICIENT_BALANCE",
        needed: parseEther("3"),
        available: 0n,
        message: expect.stringContaining("has 0 ether and needs 3 ether"),
      }),
    );
    expect(stored).toEqual([]);
    // Of a stream the number is known only when it was read.
    const stream = inputs.values();
    await expect(client.submitJob({ ...poor, inputs: stream })).rejects.toThrow(
      code("INSUFFICIENT_BALANCE"),
    );
    expect(stored.at(-1)).toMatchObject({ type: "manifestWritten", taskCount: 2 });
  });

  test("a client without content", async () => {
    const client = market.client(1, { content: undefined });
    await expect(client.submitJob(job())).rejects.toThrow(code("CONTENT_REQUIRED"));
    const { jobId } = await market.requester.submitJob(job());
    const handle = await client.openJob({ jobId });
    await expect(handle.results()[Symbol.asyncIterator]().next()).rejects.toThrow(
      code("CONTENT_REQUIRED"),
    );
  });

  test("an input that fails to come, with its own error", async () => {
    async function* inputs() {
      yield new Uint8Array([1]);
      throw new Error("disk gone");
    }
    await expectNothingPosted(async () => {
      await expect(market.requester.submitJob({ ...job(), inputs: inputs() })).rejects.toThrow(
        "disk gone",
      );
    });
  });

  test("what cannot be stored, and closes the stream", async () => {
    const full: Content = {
      ...market.content,
      put: async (bytes, options) => {
        if (bytes.length === 3) throw new Error("disk full");
        return market.content.put(bytes, options);
      },
    };
    let isClosed = false;
    async function* inputs() {
      try {
        for (;;) yield new Uint8Array(3);
      } finally {
        isClosed = true;
      }
    }
    const client = market.client(1, { content: full });
    await expectNothingPosted(async () => {
      await expect(client.submitJob({ ...job(), inputs: inputs() })).rejects.toThrow("disk full");
    });
    expect(isClosed).toBe(true);
  });

  test("to go on when its signal aborts", async () => {
    const controller = new AbortController();
    async function* inputs() {
      yield new Uint8Array([1]);
      controller.abort(new Error("enough"));
      yield new Uint8Array([2]);
    }
    const { signal } = controller;
    await expect(
      market.requester.submitJob({ ...job(), inputs: inputs(), signal }),
    ).rejects.toThrow("enough");
  });

  test("to wait for a stream that gives nothing when its signal aborts", async () => {
    const controller = new AbortController();
    const waiting = Promise.withResolvers<void>();
    async function* inputs() {
      yield new Uint8Array([1]);
      waiting.resolve();
      await new Promise<never>(() => {});
    }
    const { signal } = controller;
    const submitted = market.requester.submitJob({ ...job(), inputs: inputs(), signal });
    await waiting.promise;
    controller.abort(new Error("enough"));
    await expect(submitted).rejects.toThrow("enough");
  });

  async function expectNothingPosted(action: () => Promise<void>): Promise<void> {
    const reader = market.requester.public;
    const before = await reader.getBlockNumber({ cacheTime: 0 });
    await action();
    expect(await reader.getBlockNumber({ cacheTime: 0 })).toBe(before);
  }
});

test("runJob buys work and waits for all results, which it gives by position", async () => {
  const content = memoryContent();
  const worker = market.client(2, { content });
  const requester = market.client(1, {
    content,
    announcer: {
      // The worker hears of it, as a node does, and does it from the last batch to the first.
      async announce({ job: jobId }) {
        const job = await worker.openJob({ jobId });
        void (async () => {
          for (const batch of [2, 1, 0]) await workBatch(worker, job, batch);
        })();
      },
    },
  });
  const verified: RunJobProgress[] = [];
  const inputs = Array.from({ length: 6 }, (_, i) => new Uint8Array(i));
  const { job, results } = await requester.runJob({
    ...{ program, inputs, rewardPerTask: 1n, batchSize: 2 },
    onProgress: (event) => {
      if (event.type === "resultVerified") verified.push(event);
    },
  });
  expect(results.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(results.map((result) => result.outcome === "ok" && result.bytes)).toEqual(inputs);
  expect(verified.map((event) => "verified" in event && event.verified)).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
  expect((await job.status()).batches.submitted).toBe(3);
});
