import { Outcome } from "@assay/sdk";
import { describe, expect, test } from "vitest";
import { echo, endless, packed, programOf } from "../../../test/fixtures/programs.ts";
import { ampleLimits, childPids, useExecutors } from "../../test/executors.ts";
import type { Program } from "./program.ts";

const executor = useExecutors();

const bytes = (text: string) => new TextEncoder().encode(text);
const none = new Uint8Array();
/** Only the clock stops these. */
const unlimited = { maxResultBytes: 1_024, maxSteps: 2n ** 64n - 1n };

function outcomeOf(program: Program, input = none, maxResultBytes = 1_024) {
  return executor({ processes: 1 }).run({ program, input, ...ampleLimits, maxResultBytes });
}

describe("outcomes", () => {
  test("a result is the bytes that run points at", async () => {
    const run = await outcomeOf(echo, bytes("hello"));
    expect(run).toMatchObject({ outcome: Outcome.ok, bytes: bytes("hello") });
    expect(run.elapsedMs).toBeGreaterThan(0);
  });

  test("an empty input and an empty result are fine", async () => {
    expect(await outcomeOf(echo)).toMatchObject({ outcome: Outcome.ok, bytes: none });
  });

  test("a result may be as long as the limit and not a byte longer", async () => {
    expect(await outcomeOf(echo, bytes("12345678"), 8)).toMatchObject({ outcome: Outcome.ok });
    expect(await outcomeOf(echo, bytes("123456789"), 8)).toMatchObject({
      outcome: Outcome.overLimit,
    });
  });

  test("inputs and results of every size come through whole, whatever stands beside them", async () => {
    const large = programOf("large echo", {
      ...{ pages: 64, run: packed("(local.get $ptr)", "(local.get $len)") },
    });
    // Around the sizes of what is packed, of the child's buffers and of a socket's.
    const sizes = [0, 1, 1_023, 32_767, 32_768, 131_071, 131_072, 131_073, 300_000, 3_000_000];
    const inputs = [...sizes, ...sizes.toReversed(), ...sizes].map((size, i) =>
      new Uint8Array(size).map((_, at) => (at * 31 + i) & 0xff),
    );
    const two = executor();
    const limits = { ...ampleLimits, maxResultBytes: 4 << 20 };
    const runs = await Promise.all(
      inputs.map((input) => two.run({ program: large, input, ...limits })),
    );
    for (const [i, run] of runs.entries()) {
      if (run.outcome !== Outcome.ok) throw new Error(`task ${i} ended with ${run.outcome}`);
      expect(Buffer.compare(run.bytes, inputs[i] as Uint8Array), `task ${i}`).toBe(0);
    }
  });
});

test("a program that the engine does not compile is refused", async () => {
  const garbage: Program = { id: "garbage", instrumented: bytes("not wasm"), maxPages: 1 };
  await expect(outcomeOf(garbage)).rejects.toMatchObject({ code: "PROGRAM_REFUSED" });
});

test("an endless task is killed at its limit while others go on", async () => {
  const two = executor();
  const stuck = two.run({ program: endless, input: none, ...unlimited, limitMs: 300 });
  const honest = Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      two.run({ program: echo, input: Uint8Array.of(i), ...ampleLimits }),
    ),
  );
  await expect(stuck).rejects.toMatchObject({ code: "TASK_TIMEOUT", limitMs: 300 });
  const runs = await honest;
  expect(runs.map((run) => run.outcome === Outcome.ok && run.bytes[0])).toEqual(
    Array.from({ length: 200 }, (_, i) => i),
  );
});

describe("a child that dies", () => {
  const run = (one: ReturnType<typeof executor>, program: Program, input = none) =>
    one.run({ program, input, ...unlimited, limitMs: 10_000 });

  /** Kills the child, once it is another than `notThis`. */
  async function killChild(notThis = 0): Promise<number> {
    const current = () => childPids().find((pid) => pid !== notThis) ?? 0;
    await expect.poll(current).not.toBe(0);
    const pid = current();
    process.kill(pid, "SIGKILL");
    return pid;
  }

  test("fails the one task that it had, and is replaced", async () => {
    const one = executor({ processes: 1 });
    await run(one, echo, bytes("warm"));
    const stuck = run(one, endless);
    await killChild();
    await expect(stuck).rejects.toMatchObject({ code: "EXECUTOR_PROCESS_DIED", retryable: true });
    expect(await run(one, echo, bytes("next"))).toMatchObject({ bytes: bytes("next") });
  });

  test("gives back what it had, and of those each gets a child to itself", async () => {
    const endlessIfEmpty = programOf("endless if empty", {
      run: `(if (i32.eqz (local.get $len)) (then (loop $again (br $again))))
        ${packed("(local.get $ptr)", "(local.get $len)")}`,
    });
    const one = executor({ processes: 1 });
    await run(one, endlessIfEmpty, bytes("warm"));
    const stuck = run(one, endlessIfEmpty);
    const died = expect(stuck).rejects.toMatchObject({ code: "EXECUTOR_PROCESS_DIED" });
    const texts = ["a", "b", "c"];
    const others = Promise.all(texts.map((text) => run(one, endlessIfEmpty, bytes(text))));
    // Not known to be the one that kills children before it has killed one that had nothing else.
    await killChild(await killChild());
    await died;
    expect(await others).toMatchObject(texts.map((text) => ({ bytes: bytes(text) })));
  });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "a %s to the whole process group does not end a child: its node decides",
  async (signal) => {
    const one = executor({ processes: 1 });
    const run = () => one.run({ program: echo, input: bytes("here"), ...ampleLimits });
    await run();
    const pids = childPids();
    for (const pid of pids) process.kill(pid, signal);
    expect(await run()).toMatchObject({ bytes: bytes("here") });
    expect(childPids()).toEqual(pids);
  },
);

test("a waiting task can be aborted", async () => {
  const one = executor({ processes: 1 });
  const stuck = one.run({ program: endless, input: none, ...unlimited, limitMs: 500 });
  const controller = new AbortController();
  const aborted = one.run({
    ...{ program: echo, input: bytes("x"), ...ampleLimits },
    signal: controller.signal,
  });
  controller.abort(new Error("not needed any more"));
  await expect(aborted).rejects.toThrow("not needed any more");
  await expect(stuck).rejects.toMatchObject({ code: "TASK_TIMEOUT" });
});

test("many programs take turns in one child", async () => {
  const one = executor({ processes: 1 });
  const programs = Array.from({ length: 7 }, (_, i) =>
    programOf(`constant ${i}`, { run: packed("(i32.const 0)", `(i32.const ${i})`) }),
  );
  for (const round of [0, 1]) {
    const runs = await Promise.all(
      programs.map((program) => one.run({ program, input: Uint8Array.of(round), ...ampleLimits })),
    );
    expect(runs.map((run) => run.outcome === Outcome.ok && run.bytes.length)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
  }
});

test("close leaves no process, and what was not finished throws", async () => {
  const two = executor();
  const runs = [1, 2, 3].map(() => two.run({ program: endless, input: none, ...unlimited }));
  const settled = Promise.allSettled(runs);
  await expect.poll(childPids).toHaveLength(2);
  await two.close();
  expect(childPids()).toEqual([]);
  for (const run of await settled) {
    expect(run).toMatchObject({ status: "rejected", reason: { code: "EXECUTOR_CLOSED" } });
  }
  await expect(two.run({ program: echo, input: none, ...unlimited })).rejects.toMatchObject({
    code: "EXECUTOR_CLOSED",
  });
});

test("children end when there is nothing to do", async () => {
  const one = executor({ idleMs: 100 });
  await one.run({ program: echo, input: none, ...ampleLimits });
  expect(childPids()).toHaveLength(1);
  await expect.poll(childPids).toEqual([]);
  expect(await one.run({ program: echo, input: bytes("again"), ...ampleLimits })).toMatchObject({
    bytes: bytes("again"),
  });
});
