import { createExecutor, type Executor, prepareProgram } from "@assay/runners";
import { jobDefaults, Outcome } from "@assay/sdk";
import { runProgram } from "@assay/sdk/program";
import { loadOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { readInput, readLocal, takeOperands } from "./files.ts";
import { benchOptions } from "./programOptions.ts";

export const programBenchCommand: Command = {
  summary: "run a task several times in a node's sandbox: fuel, time, steps a second, memory",
  operands: "<program.wasm> <input file, or ->",
  options: benchOptions,
  async run(argv, { environment, stdout }) {
    const { operands, options } = takeOperands(argv, ["<program.wasm>", "<input file, or ->"]);
    const [path = "", inputPath = ""] = operands;
    const { values } = loadOptions(benchOptions, options, environment);
    const wasm = await readLocal(path);
    const input = await readInput(inputPath);
    const { maxSteps = jobDefaults.maxSteps, runs, taskLimit: limitMs } = values;
    const { outcome, fuelUsed, memoryBytes } = runProgram({ wasm, input, maxSteps });
    const executor = createExecutor({ processes: 1, taskLimitMs: limitMs });
    const program = prepareProgram(path, wasm);
    const task = { program, input, maxSteps, maxResultBytes: jobDefaults.maxResultBytes };
    const times = await timesOf(executor, task, runs).finally(() => executor.close());

    const fields = fieldsOf({ times, fuelUsed, memoryBytes });
    const all = { outcome, ...fields };
    stdout.write(`${values.json ? toJson(all) : table(rowsOf(all))}\n`);
    return outcome === Outcome.ok ? 0 : 1;
  },
};

/** @returns milliseconds of each run, ascending; the first one, in which the engine compiles, is left out. */
async function timesOf(
  executor: Executor,
  task: Parameters<Executor["run"]>[0],
  runs: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let run = -1; run < runs; run++) {
    const { elapsedMs } = await executor.run(task);
    if (run >= 0) times.push(elapsedMs);
  }
  return times.sort((a, b) => a - b);
}

interface Measured {
  times: readonly number[];
  fuelUsed: bigint;
  memoryBytes: number;
}

function fieldsOf({ times, fuelUsed, memoryBytes }: Measured) {
  const medianMs = times[Math.floor(times.length / 2)] ?? 0;
  const { maxSteps } = jobDefaults;
  const stepsPerSecond = medianMs > 0 ? Math.round((Number(fuelUsed) * 1_000) / medianMs) : 0;
  return {
    fuelUsed,
    runs: times.length,
    ...{ minMs: times[0] ?? 0, medianMs, maxMs: times.at(-1) ?? 0 },
    stepsPerSecond,
    memoryBytes,
    defaultMaxSteps: maxSteps,
    // A share in percent, and what all of it would take.
    ofDefaultPercent: (100 * Number(fuelUsed)) / Number(maxSteps),
    secondsAtDefault: stepsPerSecond > 0 ? Number(maxSteps) / stepsPerSecond : null,
  };
}

function rowsOf(fields: ReturnType<typeof fieldsOf> & { outcome: string }): [string, string][] {
  const ms = (value: number) => `${value.toPrecision(3)} ms`;
  const count = (value: bigint | number) => value.toLocaleString("en-US");
  const { secondsAtDefault } = fields;
  return [
    ["outcome", fields.outcome],
    ["fuel", `${count(fields.fuelUsed)} steps`],
    [
      "time",
      `${ms(fields.medianMs)} in the median of ${fields.runs} runs, ${ms(fields.minMs)} to ${ms(fields.maxMs)}`,
    ],
    ["speed", `${count(fields.stepsPerSecond)} steps a second`],
    ["memory", `${count(fields.memoryBytes)} bytes at most`],
    [
      "at the default limit",
      `${fields.ofDefaultPercent.toPrecision(3)} % of ${count(fields.defaultMaxSteps)} steps${
        secondsAtDefault === null
          ? ""
          : `; a task that takes them all runs ${secondsAtDefault.toPrecision(3)} s here`
      }`,
    ],
  ];
}
