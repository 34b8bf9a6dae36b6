/**
 * What a pipeline costs besides its work: graphs of 10,000 and 100,000 steps that do nothing, planned and run on a file; a million task events; a
 * task of many fields beside JSON. Each in a process of its own, medians of several.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { codec } from "./pipeline/codec.ts";

const ROUNDS = 5;

const print = (text: string) => process.stdout.write(`${text}\n`);

/** Runs a file in a process of its own. @returns the JSON of its last line. */
function measure(file: string, argument: string): Record<string, number> {
  const path = fileURLToPath(new URL(`pipeline/${file}.ts`, import.meta.url));
  const said = execFileSync(process.execPath, [path, argument], { encoding: "utf8" });
  return JSON.parse(said.trimEnd().split("\n").at(-1) ?? "");
}

/** Medians, by name. */
function medians(file: string, argument: string, rounds: number): Record<string, number> {
  const all = Array.from({ length: rounds }, () => measure(file, argument));
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const sorted = all.map((one) => one[name] ?? Number.NaN).toSorted((a, b) => a - b);
      return [name, sorted[sorted.length >> 1] ?? Number.NaN];
    }),
  );
}

const rounded = (value: number | undefined, digits = 0) =>
  Number((value ?? Number.NaN).toFixed(digits));

export async function pipeline(): Promise<void> {
  print(JSON.stringify({ pipeline: pipelineFigures() }));
}

export function pipelineFigures(): Record<string, number> {
  const small = medians("chains", "10000", ROUNDS);
  const large = medians("chains", "100000", 1);
  for (const [steps, of] of [
    ["10,000", small],
    ["100,000", large],
  ] as const) {
    print(
      `${steps.padStart(7)} steps: planned in ${rounded(of.plannedMs)} ms, planned and run in ${rounded(of.totalMs)} ms; run again, all remembered, in ${rounded(of.againMs)} ms; ${rounded(of.rssMb)} MB`,
    );
  }
  const growth = (large.totalMs ?? 0) / (small.totalMs ?? 1) / 10;
  print(`ten times the steps take ${rounded(growth * 10, 1)} times as long`);

  const memory = medians("events", "memory", ROUNDS);
  const disk = medians("events", "disk", ROUNDS);
  print(
    `a million events: ${rounded(memory.cpuSeconds, 3)} s of CPU in memory (${rounded(memory.rssMb)} MB), those of a step and an epoch in ${rounded(memory.queryMs, 1)} ms`,
  );
  print(
    `on disk ${rounded(disk.perSecond)} events a second (${rounded(disk.rssMb)} MB, a file of ${rounded(disk.megabytes)} MB), those of a step and an epoch in ${rounded(disk.queryMs, 1)} ms`,
  );

  const codecs = {
    ...{ mixed: codec("mixed"), bytes: codec("bytes") },
    ...{ text: codec("text"), numbers: codec("numbers") },
  };
  for (const [kind, { dagCborMs, jsonMs, bytes }] of Object.entries(codecs)) {
    print(
      `10,000 ${kind === "mixed" ? "mixed fields" : `fields of ${kind}`}, encoded and decoded: dag-cbor ${rounded(dagCborMs, 1)} ms for ${bytes.dagCbor} bytes, JSON ${rounded(jsonMs, 1)} ms for ${bytes.json}`,
    );
  }
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  return {
    steps10kMs: rounded(small.totalMs),
    steps10kCpuMs: rounded(small.cpuMs),
    steps100kMs: rounded(large.totalMs),
    growthPerTen: rounded(growth * 10, 2),
    again10kMs: rounded(small.againMs),
    rssMb10k: rounded(small.rssMb),
    rssMb100k: rounded(large.rssMb),
    eventsCpuSeconds: rounded(memory.cpuSeconds, 3),
    eventsRssMb: rounded(memory.rssMb),
    eventsQueryMs: rounded(memory.queryMs, 2),
    durableEventsPerSecond: rounded(disk.perSecond),
    durableRssMb: rounded(disk.rssMb),
    ...Object.fromEntries(
      Object.entries(codecs).flatMap(([kind, { dagCborMs, jsonMs }]) => [
        [`${kind}DagCborMs`, rounded(dagCborMs, 2)],
        [`${kind}JsonMs`, rounded(jsonMs, 2)],
      ]),
    ),
    rssMb: rounded(rssMb),
  };
}
