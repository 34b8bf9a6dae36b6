import { compileProgram, ProgramCompileError } from "@assay/sdk/compile";
import { inspectProgram, instrumentProgram, isWasiModule, linkWasi } from "@assay/sdk/program";
import { loadOptions, type ParsedOptions, UsageError } from "@assay/worker/config";
import { type Command, type CommandContext, table, toJson } from "@assay/worker/process";
import { contentCid, programName, readLocal, takeOperands, writeLocal } from "./files.ts";
import { buildOptions } from "./programOptions.ts";

type Values = ParsedOptions<typeof buildOptions>;

export const programBuildCommand: Command = {
  summary: "build a program from AssemblyScript, a WASI command or a ready module",
  operands: "<file.ts|file.wasm>",
  options: buildOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { operands, options } = takeOperands(argv, ["<file.ts|file.wasm>"]);
    const [path = ""] = operands;
    const { values } = loadOptions(buildOptions, options, environment);
    if (values.out === undefined)
      throw new UsageError("Where to? Give --out, such as program.wasm.");
    const program = path.endsWith(".ts")
      ? await compile(path, values, stderr)
      : await link(path, values);
    const { memory } = inspectProgram(program);
    instrumentProgram(program); // a node would refuse what is too large for that
    await writeLocal(values.out, program);
    const fields = {
      program: values.out,
      bytes: program.length,
      memoryPages: memory.maxPages,
      cid: await contentCid(program),
    };
    const rows = Object.entries(fields).map(([what, is]) => [what, String(is)] as const);
    stdout.write(`${values.json ? toJson(fields) : table(rows)}\n`);
    return 0;
  },
};

async function compile(
  path: string,
  { arg, env, file, memoryPages }: Values,
  stderr: CommandContext["stderr"],
): Promise<Uint8Array> {
  if (arg.length + env.length + file.length > 0) {
    throw new UsageError("--arg, --env and --file are for WASI commands: leave them out.");
  }
  const source = new TextDecoder().decode(await readLocal(path));
  try {
    return await compileProgram({ source, name: programName(path), memoryPages });
  } catch (error) {
    if (error instanceof ProgramCompileError && error.details !== undefined) {
      stderr.write(`${error.details}\n`);
    }
    throw error;
  }
}

async function link(path: string, { arg, env, file, memoryPages }: Values): Promise<Uint8Array> {
  const wasm = await readLocal(path);
  if (isWasiModule(wasm)) {
    const files = await Promise.all(
      file.map(async ([at, local]) => [at, await readLocal(local)] as const),
    );
    return linkWasi({
      ...{ wasm, memoryPages, args: arg },
      ...{ env: unique("--env", env), files: unique("--file", files) },
    });
  }
  inspectProgram(wasm);
  if (arg.length + env.length + file.length > 0 || memoryPages !== undefined) {
    throw new UsageError(
      `${path} is a program already: leave --arg, --env, --file and --memory-pages out.`,
    );
  }
  return wasm;
}

/** A later one would hide an earlier one without a word. */
function unique<Value>(
  flag: string,
  pairs: readonly (readonly [string, Value])[],
): Record<string, Value> {
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${flag} ${twice} was given twice: give it once.`);
  return Object.fromEntries(pairs);
}
