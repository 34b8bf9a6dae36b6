import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cidOf } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { doneHash } from "@assay/sdk/machine";
import { instrumentProgram } from "@assay/sdk/program";
import { bytesToHex, keccak256 } from "viem";
import { afterEach, expect, test } from "vitest";
import { childPidsOf } from "../../../../../../runners/test/executors.ts";
import { answer, type TracedTask, traceTask } from "./answer.ts";
import { createTracer, type TraceRequest, type Tracer } from "./tracer.ts";

const source = `export function main(input: Uint8Array): Uint8Array {
  for (let i = 0; i < input.length; i++) input[i] = input[i] * 3;
  return input;
}`;
const endless = "export function main(input: Uint8Array): Uint8Array { while (true) {} }";
const taskOf = async (program: string, maxSteps: bigint): Promise<TracedTask> => {
  const wasm = await compileProgram({ source: program, memoryPages: 64 });
  const bytes = Uint8Array.of(1, 2, 3);
  return {
    ...{ instrumented: instrumentProgram(wasm), maxSteps, maxResultBytes: 100 },
    input: { cid: String(cidOf(bytes)), bytes },
  };
};
const [task, long] = await Promise.all([taskOf(source, 20_000n), taskOf(endless, 10n ** 9n)]);
const known = traceTask(task);
const last = bytesToHex(doneHash(known.trace.end().ending));
const first = { type: "first", last } as const;

const request = (fields: Partial<TraceRequest> = {}): TraceRequest => ({
  ...{ key: "one", task, question: first, dueAt: 0, signal: new AbortController().signal },
  ...fields,
});

const PROGRAM = fileURLToPath(new URL("../../../../../test/tracingProcess.ts", import.meta.url));
const tracerPids = () => childPidsOf("trace/process.");

const tracers: Tracer[] = [];
function tracer(options?: Parameters<typeof createTracer>[0]): Tracer {
  const created = createTracer(options);
  tracers.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(tracers.splice(0).map((one) => one.close()));
});

test("moves are found in a process of its own, which knows the task from then on", async () => {
  const { ask } = tracer();
  const begun = await ask(request());
  expect(begun).toEqual(answer(known, first));
  expect(await ask(request({ question: { type: "first", last: keccak256("0x") } }))).toEqual({
    type: "concede",
  });
  const posted = begun.type === "begin" ? [...begun.hashes.slice(0, 5), keccak256("0x")] : [];
  const interval = { from: 0n, exponent: 0, posted };
  const question = { type: "next", interval, agreed: keccak256("0x01") } as const;
  expect(await ask(request({ question }))).toEqual({ type: "contradiction" });
});

test("a process that dies is an error, and the next question has a new one", async () => {
  const { ask } = tracer();
  await ask(request());
  const dying = expect(ask(request({ key: "long", task: long }))).rejects.toMatchObject({
    ...{ code: "TRACE_FAILED", retryable: true },
  });
  const [pid] = tracerPids();
  process.kill(pid as number, "SIGKILL");
  await dying;
  expect((await ask(request())).type).toBe("begin");
});

test("what nobody waits for is given up, and the next request is the most urgent", async () => {
  const { ask } = tracer();
  const giving = new AbortController();
  const given = expect(
    ask(request({ key: "long", task: long, signal: giving.signal })),
  ).rejects.toThrow("enough");
  const order: string[] = [];
  const others = [3, 1, 2].map(async (dueAt) => {
    await ask(request({ dueAt, key: `task ${dueAt}` }));
    order.push(`task ${dueAt}`);
  });
  giving.abort(new Error("enough"));
  await given;
  await Promise.all(others);
  expect(order).toEqual(["task 1", "task 2", "task 3"]);
});

test("what cannot be traced says why, and is no harm to what comes", async () => {
  const { ask } = tracer();
  const broken = { ...task, instrumented: Uint8Array.of(1) };
  await expect(ask(request({ task: broken }))).rejects.toMatchObject({ code: "TRACE_FAILED" });
  expect((await ask(request())).type).toBe("begin");
});

test("closing kills what is under way, and idle ones end by themselves", async () => {
  const one = tracer();
  const running = expect(one.ask(request({ key: "long", task: long }))).rejects.toMatchObject({
    code: "TRACE_FAILED",
  });
  await one.close();
  await running;
  await expect(one.ask(request())).rejects.toMatchObject({ code: "TRACE_FAILED" });
  expect(tracerPids()).toEqual([]);

  await tracer({ idleMs: 1 }).ask(request());
  await expect.poll(tracerPids).toEqual([]);
});

test.each(["starting", "computing"])(
  "it goes with its node that is killed while it is %s",
  async (at) => {
    const node = spawn(process.execPath, [PROGRAM, at], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface(node.stdout), "line");
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    node.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

test.skipIf(process.platform !== "linux")("it is no heir of its node's environment", async () => {
  await tracer().ask(request());
  const [pid] = tracerPids();
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  const names = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .map((one) => one.split("=")[0]);
  expect(names.filter((name) => name && !name.startsWith("NODE_CHANNEL"))).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
