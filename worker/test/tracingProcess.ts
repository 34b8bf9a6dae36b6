/**
 * `node tracingProcess.ts [starting | computing]`: has a task traced that does not end, and prints the pid of the process that does it: at
 * once, or when it is known to have begun.
 */
import { cidOf } from "@assay/sdk";
import { instrumentProgram } from "@assay/sdk/program";
import { zeroHash } from "viem";
import { childPidsOf } from "../../runners/test/executors.ts";
import { echo, endless } from "../../test/fixtures/programs.ts";
import { createTracer, type TraceRequest } from "../src/disputes/arbiters/proof/trace/tracer.ts";

const { ask } = createTracer();
const bytes = Uint8Array.of(1);
const request = (key: string, wasm: Uint8Array): TraceRequest => ({
  ...{ key, question: { type: "first", last: zeroHash }, dueAt: 0 },
  task: {
    ...{ instrumented: instrumentProgram(wasm), maxSteps: 10n ** 15n, maxResultBytes: 1 },
    input: { cid: String(cidOf(bytes)), bytes },
  },
  signal: new AbortController().signal,
});

if (process.argv[2] === "computing") await ask(request("short", echo.wasm));
void ask(request("endless", endless.wasm));
process.stdout.write(`${childPidsOf("trace/process.")[0]}\n`);
