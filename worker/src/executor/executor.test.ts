import { execFileSync, fork, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Outcome } from "@assay/sdk";
import { afterEach, describe, expect, test } from "vitest";
import { echo, endless, packed, programOf } from "../../test/programs.ts";
import { sandboxOptions } from "./childProcess.ts";
import { createExecutor, type Executor, type ExecutorOptions } from "./executor.ts";
import type { Program } from "./program.ts";
import type { Order } from "./protocol.ts";

const open: Executor[] = [];
function executor(options: ExecutorOptions = {}): Executor {
  const created = createExecutor({ processes: 2, ...options });
  open.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((e) => e.close()));
});

const bytes = (text: string) => new TextEncoder().encode(text);

function outcomeOf(program: Program, input = new Uint8Array(), maxResultBytes = 1_024) {
  return executor({ processes: 1 }).run({ program, input, maxResultBytes });
}

/** Processes whose parent is this one and that run the executor's child file. */
function childPids(): number[] {
  const rows = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {
    encoding: "utf8",
  });
  return rows
    .split("\n")
    .filter((row) => row.includes("executor/child.m"))
    .map((row) => Number.parseInt(row, 10));
}

describe("outcomes", () => {
  test("a result is the bytes that run points at", async () => {
    const run = await outcomeOf(echo, bytes("hello"));
    expect(run).toMatchObject({ outcome: Outcome.ok, bytes: bytes("hello") });
    expect(run.elapsedMs).toBeGreaterThan(0);
  });

  test("an empty input and an empty result are fine", async () => {
    expect(await outcomeOf(echo)).toMatchObject({ outcome: Outcome.ok, bytes: new Uint8Array() });
  });

  test("a result may be as long as the limit and not a byte longer", async () => {
    expect(await outcomeOf(echo, bytes("12345678"), 8)).toMatchObject({ outcome: Outcome.ok });
    expect(await outcomeOf(echo, bytes("123456789"), 8)).toMatchObject({
      outcome: Outcome.overLimit,
    });
  });

  const trapping: Record<string, Program> = {
    unreachable: programOf("unreachable", { run: "(unreachable)" }),
    "a division by zero": programOf("division", {
      run: "(i64.div_u (i64.const 1) (i64.const 0))",
    }),
    "endless recursion": programOf("recursion", {
      run: "(call $deeper)",
      rest: "(func $deeper (result i64) (i64.add (call $deeper) (i64.const 1)))",
    }),
    "a trap in alloc": programOf("alloc traps", {
      run: "(i64.const 0)",
      alloc: '(func (export "alloc") (param i32) (result i32) (unreachable))',
    }),
    "a trap in the start function": programOf("start traps", {
      run: "(i64.const 0)",
      rest: "(func $start (unreachable)) (start $start)",
    }),
    "a start function that recurses for ever": programOf("start recurses", {
      run: "(i64.const 0)",
      rest: "(func $start (call $start) (call $start)) (start $start)",
    }),
    "a data segment outside memory": programOf("data", {
      run: "(i64.const 0)",
      rest: '(data (i32.const 262143) "abc")',
    }),
    "an input address that is not aligned": programOf("misaligned input", {
      run: "(i64.const 0)",
      alloc: '(func (export "alloc") (param i32) (result i32) (i32.const 1025))',
    }),
    "an input address outside memory": programOf("far input", {
      run: "(i64.const 0)",
      alloc: '(func (export "alloc") (param i32) (result i32) (i32.const 262144))',
    }),
    "a negative input address": programOf("negative input", {
      run: "(i64.const 0)",
      alloc: '(func (export "alloc") (param i32) (result i32) (i32.const -1024))',
    }),
    "a result address that is not aligned": programOf("misaligned result", {
      run: packed("(i32.const 1)", "(i32.const 1)"),
    }),
    "a result that ends outside memory": programOf("far result", {
      run: packed("(i32.const 261120)", "(i32.const 1025)"),
    }),
    "a giant result": programOf("giant result", { run: packed("(i32.const 0)", "(i32.const -1)") }),
    "a negative result address": programOf("negative result", {
      run: packed("(i32.const -1024)", "(i32.const 16)"),
    }),
  };
  test.each(Object.entries(trapping))("%s is a trap", async (_, program) => {
    expect(await outcomeOf(program, bytes("input"))).toMatchObject({ outcome: Outcome.trap });
  });

  test("an input longer than what alloc leaves is a trap", async () => {
    const run = await outcomeOf(echo, new Uint8Array(4 * 65_536), 1 << 20);
    expect(run).toMatchObject({ outcome: Outcome.trap });
  });
});

test("a program that the engine does not compile is refused", async () => {
  await expect(outcomeOf({ id: "garbage", wasm: bytes("not wasm") })).rejects.toMatchObject({
    code: "PROGRAM_REFUSED",
  });
});

test("memory that the host cannot give is the node's trouble and no outcome", async () => {
  // The child itself, under a limit of address space that 4 GiB of memory do not fit into.
  const file = fileURLToPath(new URL("child.mts", import.meta.url));
  const { execArgv = [], ...options } = sandboxOptions(file);
  const child = spawn(
    "/bin/sh",
    ["-c", 'ulimit -v 3000000 && exec "$@"', "sh", process.execPath, ...execArgv, file],
    options as SpawnOptions,
  );
  const { wasm } = programOf("huge", { run: "(i64.const 0)", pages: 65_536 });
  const orders: Order[] = [
    { type: "load", program: "huge", wasm },
    {
      type: "task",
      id: 0,
      program: "huge",
      input: new Uint8Array(),
      maxResultBytes: 1,
      limitMs: 1_000,
    },
  ];
  await once(child, "message"); // that it is ready
  child.send(orders);
  const [reply] = await once(child, "message");
  expect(reply).toMatchObject({ id: 0, result: { type: "host-out-of-memory" } });
  child.kill("SIGKILL");
  await once(child, "exit");
});

test("nothing of a task is left for the next one", async () => {
  const counter = programOf("counter", {
    rest: "(global $calls (mut i32) (i32.const 0))",
    run: `(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.store (i32.const 1024) (i32.add (i32.load (i32.const 1024)) (global.get $calls)))
      ${packed("(i32.const 1024)", "(i32.const 4)")}`,
  });
  const one = executor({ processes: 1 });
  const runs = await Promise.all(
    Array.from({ length: 20 }, () =>
      one.run({ program: counter, input: new Uint8Array(), maxResultBytes: 4 }),
    ),
  );
  for (const run of runs) expect(run).toMatchObject({ bytes: new Uint8Array([1, 0, 0, 0]) });
});

test("an endless task is killed at its limit while others go on", async () => {
  const two = executor();
  const stuck = two.run({
    program: endless,
    input: new Uint8Array(),
    maxResultBytes: 1,
    limitMs: 300,
  });
  const honest = Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      two.run({ program: echo, input: Uint8Array.of(i), maxResultBytes: 1 }),
    ),
  );
  await expect(stuck).rejects.toMatchObject({ code: "TASK_TIMEOUT", limitMs: 300 });
  const runs = await honest;
  expect(runs.map((run) => run.outcome === Outcome.ok && run.bytes[0])).toEqual(
    Array.from({ length: 200 }, (_, i) => i),
  );
});

test("tasks that were handed to a killed child are run by the next one", async () => {
  const one = executor({ processes: 1 });
  const run = (program: Program, input: Uint8Array) =>
    one.run({ program, input, maxResultBytes: 8, limitMs: 300 });
  const first = run(endless, new Uint8Array());
  const others = [run(echo, bytes("a")), run(echo, bytes("b")), run(echo, bytes("c"))];
  await expect(first).rejects.toMatchObject({ code: "TASK_TIMEOUT" });
  expect(await Promise.all(others)).toMatchObject([
    { bytes: bytes("a") },
    { bytes: bytes("b") },
    { bytes: bytes("c") },
  ]);
});

test("a child that dies by itself fails its task alone and is replaced", async () => {
  const one = executor({ processes: 1 });
  await one.run({ program: echo, input: bytes("warm"), maxResultBytes: 8 });
  const stuck = one.run({ program: endless, input: new Uint8Array(), maxResultBytes: 1 });
  const next = one.run({ program: echo, input: bytes("next"), maxResultBytes: 8 });
  const [pid] = childPids();
  process.kill(pid ?? 0, "SIGKILL");
  await expect(stuck).rejects.toMatchObject({ code: "EXECUTOR_PROCESS_DIED", retryable: true });
  expect(await next).toMatchObject({ bytes: bytes("next") });
});

test("a waiting task can be aborted", async () => {
  const one = executor({ processes: 1 });
  const stuck = one.run({
    program: endless,
    input: new Uint8Array(),
    maxResultBytes: 1,
    limitMs: 500,
  });
  const controller = new AbortController();
  const aborted = one.run({
    program: echo,
    input: bytes("x"),
    maxResultBytes: 1,
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
      programs.map((program) =>
        one.run({ program, input: Uint8Array.of(round), maxResultBytes: 8 }),
      ),
    );
    expect(runs.map((run) => run.outcome === Outcome.ok && run.bytes.length)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
  }
});

test("close leaves no process, and what was not finished throws", async () => {
  const two = executor();
  const runs = [endless, endless, echo].map((program) =>
    two.run({ program, input: new Uint8Array(), maxResultBytes: 1 }),
  );
  const settled = Promise.allSettled(runs);
  expect(childPids()).toHaveLength(2);
  await two.close();
  expect(childPids()).toEqual([]);
  for (const run of await settled) {
    expect(run).toMatchObject({ status: "rejected", reason: { code: "EXECUTOR_CLOSED" } });
  }
  await expect(
    two.run({ program: echo, input: new Uint8Array(), maxResultBytes: 1 }),
  ).rejects.toMatchObject({
    code: "EXECUTOR_CLOSED",
  });
});

test("children end when there is nothing to do", async () => {
  const one = executor({ idleMs: 100 });
  await one.run({ program: echo, input: new Uint8Array(), maxResultBytes: 1 });
  expect(childPids()).toHaveLength(1);
  await expect.poll(childPids, { timeout: 5_000 }).toEqual([]);
  expect(await one.run({ program: echo, input: bytes("again"), maxResultBytes: 8 })).toMatchObject({
    bytes: bytes("again"),
  });
});

test("the sandbox lets nothing out: no files, processes, threads or environment", async () => {
  const probe = fileURLToPath(new URL("../../test/sandboxProbe.mts", import.meta.url));
  const child = fork(probe, [], sandboxOptions(probe));
  const [report] = await once(child, "message");
  await once(child, "exit");
  expect(report).toEqual({
    "own file": "allowed",
    "file beside it": "ERR_ACCESS_DENIED",
    "/etc/passwd": "ERR_ACCESS_DENIED",
    write: "ERR_ACCESS_DENIED",
    process: "ERR_ACCESS_DENIED",
    thread: "ERR_ACCESS_DENIED",
    environment: 0,
  });
});
