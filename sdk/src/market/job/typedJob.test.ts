import type { CID } from "multiformats/cid";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { startMarket, type TestMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { compileProgram } from "../../compile/index.ts";
import {
  cidOf,
  defineProgram,
  type JobHandle,
  type LocalProgram,
  Outcome,
  putBytes,
  type ResultError,
  type TaskResult,
  type TypedJobHandle,
  type TypedTaskResult,
  typedJob,
} from "../../index.ts";

async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

let market: TestMarket;
let reverse: LocalProgram<string, string>;
beforeAll(async () => {
  const source = `export function main(input: Uint8Array): Uint8Array {
    if (input.length == 0) throw new Error("nothing");
    return input.reverse();
  }`;
  const [started, wasm] = await Promise.all([startMarket(), compileProgram({ source })]);
  market = started;
  reverse = defineProgram({
    wasm,
    encode: (text: string) => new TextEncoder().encode(text),
    decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
  });
});
afterAll(() => market[Symbol.asyncDispose]());

const announcer = {
  /** Works off the whole job at once. */
  announce: async ({ job: jobId }: { job: `0x${string}` }) => {
    const job = await market.workers[0].openJob({ jobId });
    await workBatch(market.workers[0], job, 0);
  },
};
const common = { rewardPerTask: 1n, batchSize: 100 };

describe("a job of a typed program", () => {
  test("takes values and gives values; a trap stays an outcome", async () => {
    const requester = market.client(1, { announcer });
    const job = await requester.submitJob({
      ...{ program: reverse, inputs: ["hello", "", "world"], ...common },
    });
    const results: TypedTaskResult<string>[] = await collect(job.results({ ordered: true }));
    expect(results).toMatchObject([
      { position: 0, outcome: "ok", value: "olleh" },
      { position: 1, outcome: "trap" },
      { position: 2, outcome: "ok", value: "dlrow" },
    ]);
    const here = results.map((_, i) => reverse.run(["hello", "", "world"][i] ?? ""));
    expect(here.map(({ outcome }) => outcome)).toEqual(["ok", "trap", "ok"]);
  });

  test("from a stream, and by a handle that was opened again", async () => {
    const requester = market.client(1, { announcer });
    async function* words() {
      yield* ["one", "two"];
    }
    const { jobId } = await requester.submitJob({ program: reverse, inputs: words(), ...common });
    const job = typedJob(await requester.openJob({ jobId }), reverse);
    const values: (string | undefined)[] = [];
    for await (const result of job.results({ ordered: true })) {
      values.push(result.outcome === "ok" ? result.value : undefined);
    }
    expect(values).toEqual(["eno", "owt"]);
  });

  test("runJob gives values by position", async () => {
    const requester = market.client(1, { announcer });
    const { results } = await requester.runJob({
      ...{ program: reverse, inputs: ["ab", "cd"], ...common },
    });
    expect(results.map((result) => result.outcome === "ok" && result.value)).toEqual(["ba", "dc"]);
  });

  test("a value that cannot be encoded is the caller's own error, and nothing is posted", async () => {
    const before = await market.requester.public.getBlockNumber({ cacheTime: 0 });
    const program = defineProgram({
      ...{ wasm: reverse.program, decode: String },
      encode: (value: bigint) => {
        if (value === 3n) throw new TypeError("three");
        return Uint8Array.of(Number(value));
      },
    });
    const inputs = [1n, 2n, 3n, 4n];
    await expect(market.requester.submitJob({ program, inputs, ...common })).rejects.toThrow(
      "three",
    );
    expect(await market.requester.public.getBlockNumber({ cacheTime: 0 })).toBe(before);
  });

  test("a result that decode refuses holds up no other, and is told", async () => {
    const { requester, workers } = market;
    const inputs = ["one", "two", "three"];
    const job = await requester.submitJob({ program: reverse, inputs, ...common });
    const opened = await workers[0].openJob({ jobId: job.jobId });
    await workBatch(workers[0], opened, 0, async (entries, content) => {
      const bytes = Uint8Array.of(0xff, 0xfe);
      const cid = await putBytes(content, bytes);
      entries[1] = { outcome: Outcome.ok, cid, byteLength: bytes.length };
    });
    const failures: ResultError[] = [];
    const values: string[] = [];
    const read = async () => {
      for await (const result of job.results({ onFailure: (failure) => failures.push(failure) })) {
        if (result.outcome === "ok") values.push(result.value);
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: "RESULTS_FAILED",
      failures: [{ position: 1, code: "RESULT_INVALID" }],
    });
    expect(values.toSorted()).toEqual(["eerht", "eno"]);
    expect(failures).toMatchObject([{ position: 1, cause: { code: "RESULT_UNDECODABLE" } }]);
  });
});

test("types follow the program", () => {
  const { requester } = market;
  const typed = () => requester.submitJob({ program: reverse, inputs: ["a"], ...common });
  expectTypeOf(typed).returns.resolves.toEqualTypeOf<TypedJobHandle<string>>();
  const plain = () =>
    requester.submitJob({ program: reverse.program, inputs: [Uint8Array.of(1)], ...common });
  expectTypeOf(plain).returns.resolves.toEqualTypeOf<JobHandle>();
  const cid: CID = cidOf(reverse.program);
  const named = () => requester.submitJob({ program: cid, inputs: [cid], ...common });
  expectTypeOf(named).returns.resolves.toEqualTypeOf<JobHandle>();
  const all = () => requester.runJob({ program: reverse, inputs: ["a"], ...common });
  expectTypeOf(all)
    .returns.resolves.toHaveProperty("results")
    .toEqualTypeOf<TypedTaskResult<string>[]>();
  const bytes = () => requester.runJob({ program: cid, inputs: [], ...common });
  expectTypeOf(bytes).returns.resolves.toHaveProperty("results").toEqualTypeOf<TaskResult[]>();
  // @ts-expect-error: its inputs are texts.
  void (() => requester.submitJob({ program: reverse, inputs: [1], ...common }));
  // @ts-expect-error: bytes are no texts.
  void (() => requester.submitJob({ program: reverse, inputs: [Uint8Array.of(1)], ...common }));
  // @ts-expect-error: a module takes bytes.
  void (() => requester.submitJob({ program: cid, inputs: ["a"], ...common }));
  expectTypeOf<Extract<TypedTaskResult<number>, { outcome: "ok" }>["value"]>().toBeNumber();
});
