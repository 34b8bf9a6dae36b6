/**
 * What the executor costs over the kernel's own time, beside piscina, in turns: ours puts everything back to the initial state
 * between two tasks and runs them in a sandboxed process, piscina's threads keep one instance and put nothing back.
 * The kernel's own time is that of the same instrumented module, called in a loop in one instance.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createExecutor, type Executor } from "@assay/runners";
import { Piscina } from "piscina";
import type { TestProgram } from "../test/fixtures/programs.ts";
import { kernelOf, MAX_STEPS, runKernel, sumProgram } from "./executor/kernel.ts";

const ROUNDS = 9;
/** Long enough, per measurement and in milliseconds, that one interruption is not all of it. */
const MEASURE_MS = 300;

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const print = (text: string) => process.stdout.write(`${text}\n`);
const micros = (value: number) => `${value.toFixed(1).padStart(8)} µs`;

/** Microseconds of a task, from batches that begin when the one before has ended. */
async function perTask(size: number, batch: () => unknown): Promise<number> {
  let batches = 0;
  const startedAt = performance.now();
  do {
    await batch();
    batches++;
  } while (performance.now() - startedAt < MEASURE_MS);
  return ((performance.now() - startedAt) * 1_000) / (batches * size);
}

/** One program with inputs of one size, run by everybody. */
function workload(program: TestProgram, inputBytes: number, size: number) {
  const input = new Uint8Array(inputBytes).fill(7);
  const module = new WebAssembly.Module(program.instrumented as Uint8Array<ArrayBuffer>);
  const kernel = kernelOf(module);
  const batch = (run: () => unknown) => () => Promise.all(Array.from({ length: size }, run));
  return {
    kernel: () =>
      perTask(size, () => {
        for (let i = 0; i < size; i++) runKernel(kernel, input);
      }),
    fresh: () =>
      perTask(size, () => {
        for (let i = 0; i < size; i++) runKernel(kernelOf(module), input);
      }),
    ours: (executor: Executor) => {
      const limits = { maxResultBytes: 8, maxSteps: MAX_STEPS };
      return perTask(
        size,
        batch(() => executor.run({ program, input, ...limits })),
      );
    },
    peer: (piscina: Piscina) =>
      perTask(
        size,
        batch(() => piscina.run({ id: program.id, module, input })),
      ),
  };
}

/** Medians of rounds in which all take turns; the first round warms up. */
async function race<Name extends string>(
  sides: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(sides) as Name[];
  const rounds: Record<Name, number>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const times = {} as Record<Name, number>;
    for (const name of names) times[name] = await sides[name]();
    if (round > 0) rounds.push(times);
  }
  const medians = {} as Record<Name, number>;
  for (const name of names) medians[name] = median(rounds.map((times) => times[name]));
  return medians;
}

/** Of this process and of the executor's, in MB. */
function memory(): { node: number; child: number } {
  const rows = execFileSync("ps", ["-o", "rss=,args=", "--ppid", String(process.pid)], {
    encoding: "utf8",
  }).split("\n");
  const children = rows.filter((row) => row.includes("executor/child/main.m"));
  return {
    node: process.memoryUsage.rss() / 2 ** 20,
    child: children.reduce((sum, row) => sum + Number.parseInt(row, 10), 0) / 1_024,
  };
}

export async function executor(): Promise<void> {
  const one = createExecutor({ processes: 1 });
  const two = createExecutor({ processes: 2 });
  const filename = fileURLToPath(new URL("executor/piscinaThread.ts", import.meta.url));
  const piscina = new Piscina({ filename, maxThreads: 1, concurrentTasksPerWorker: 16 });
  try {
    const small = workload(sumProgram(16), 1_024, 64);
    const before = memory();
    await small.ours(one);
    const withOurs = memory();
    await small.peer(piscina);
    const withPeer = memory();
    const times = await race({
      kernel: small.kernel,
      fresh: small.fresh,
      ours: () => small.ours(one),
      peer: () => small.peer(piscina),
    });
    const large = workload(sumProgram(32), 1 << 20, 16);
    const largeTimes = await race({
      kernel: large.kernel,
      ours: () => large.ours(one),
      peer: () => large.peer(piscina),
    });
    const long = workload(sumProgram(16, 10_000), 1_024, 64);
    const longTimes = await race({ one: () => long.ours(one), two: () => long.ours(two) });

    print("A task of 1 KB in 1 MiB of memory, in batches of 64, one process or thread:");
    print(`  kernel alone, one instance      ${micros(times.kernel)}`);
    print(`  kernel alone, an instance each  ${micros(times.fresh)}`);
    print(`  ours, put back after each       ${micros(times.ours)}`);
    print(`  piscina, nothing put back       ${micros(times.peer)}`);
    const mb = (value: number) => `${value.toFixed(0)} MB`;
    const here = { ours: withOurs.node - before.node, peer: withPeer.node - withOurs.node };
    print(`  memory: ours ${mb(withOurs.child)} in its process and ${mb(here.ours)} here,`);
    print(`          piscina ${mb(here.peer)} here, where its thread is`);
    print("A task of 1 MB in 2 MiB of memory, in batches of 16:");
    print(`  kernel alone                    ${micros(largeTimes.kernel)}`);
    print(`  ours                            ${micros(largeTimes.ours)}`);
    print(`  piscina                         ${micros(largeTimes.peer)}`);
    print("A task of a millisecond and more:");
    print(`  one process                     ${micros(longTimes.one)}`);
    print(`  two processes                   ${micros(longTimes.two)}`);
    const rounded = (value: number) => Math.round(value * 100) / 100;
    const figures = {
      overheadMicros: rounded(times.ours - times.kernel),
      speedup2: rounded(longTimes.one / longTimes.two),
      overhead1MbMicros: rounded(largeTimes.ours - largeTimes.kernel),
      piscinaOverheadMicros: rounded(times.peer - times.kernel),
      piscinaOverhead1MbMicros: rounded(largeTimes.peer - largeTimes.kernel),
    };
    print(JSON.stringify(figures));
  } finally {
    await Promise.all([one.close(), two.close(), piscina.close()]);
  }
}
