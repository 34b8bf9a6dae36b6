import { debugWasi, Outcome, runProgram } from "@assay/sdk/program";
import { loadOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { readInput, readLocal, takeOperands, writeLocal } from "./files.ts";
import { runOptions } from "./programOptions.ts";

export const programRunCommand: Command = {
  summary: "run one task of a program on this machine, as nodes do, and measure its fuel",
  operands: "<program.wasm> <input file, or ->",
  options: runOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { operands, options } = takeOperands(argv, ["<program.wasm>", "<input file, or ->"]);
    const [path = "", inputPath = ""] = operands;
    const { values } = loadOptions(runOptions, options, environment);
    const wasm = await readLocal(path);
    const input = await readInput(inputPath);
    const task = { wasm, input, maxSteps: values.maxSteps };
    const run = runProgram(task);
    // Another run, so only where there is something to be seen.
    const isDebugged = values.stderr || run.outcome === Outcome.trap;
    const debugged = isDebugged ? debugWasi(task) : undefined;
    const bytes = run.outcome === Outcome.ok ? run.bytes : undefined;
    if (bytes !== undefined && values.out !== undefined) await writeLocal(values.out, bytes);

    const fields = {
      outcome: run.outcome,
      fuelUsed: run.fuelUsed,
      resultBytes: bytes?.length,
      exitCode: debugged?.exitCode,
    };
    if (values.json) {
      const result = bytes === undefined ? undefined : Buffer.from(bytes).toString("base64");
      const shown = values.stderr ? new TextDecoder().decode(debugged?.stderr) : undefined;
      stdout.write(`${toJson({ ...fields, result, stderr: shown })}\n`);
    } else {
      if (values.stderr && debugged !== undefined) stderr.write(debugged.stderr);
      const rows = Object.entries(fields).filter(([, is]) => is !== undefined);
      stderr.write(`${table(rows.map(([what, is]) => [what, String(is)] as const))}\n`);
      if (bytes !== undefined && values.out === undefined) stdout.write(bytes);
    }
    return run.outcome === Outcome.ok ? 0 : 1;
  },
};
