import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { debugWasi, linkWasi, Outcome, runProgram } from "@assay/sdk/program";
import { expect, test } from "vitest";

/** A checkout of github.com/WebAssembly/wasi-testsuite, branch prod/testsuite-base, which has the modules built. */
const { WASI_TESTSUITE } = process.env;

/** Tests of what no program has: the page says what is answered instead. */
const WITHOUT: Record<string, string> = {
  "pwrite-with-access": "writes a file",
  "pwrite-with-append": "writes a file",
  "sock_shutdown-invalid_fd": "asks for sockets",
  "sock_shutdown-not_sock": "asks for sockets",
};

/** What a test says of itself, in the file of its name. */
interface Setting {
  args?: string[];
  env?: Record<string, string>;
  /** Folder that it finds as `/`. */
  root?: string;
  exit_code?: number;
  stdout?: string;
}

async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = new Uint8Array(await readFile(path));
  }
  return files;
}

/** How a test's program ended, and what was expected of it. */
async function runTest(folder: string, name: string) {
  const text = await readFile(join(folder, `${name}.json`), "utf8").catch(() => "{}");
  const {
    args = [],
    env = {},
    root,
    exit_code: exitCode = 0,
    stdout,
  } = JSON.parse(text) as Setting;
  const program = linkWasi({
    wasm: new Uint8Array(await readFile(join(folder, `${name}.wasm`))),
    ...{ args, env, files: root === undefined ? {} : await filesIn(join(folder, root)) },
  });
  const task = { wasm: program, input: new Uint8Array() };
  const run = runProgram(task);
  const debugged = debugWasi(task);
  const result = run.outcome === Outcome.ok ? new TextDecoder().decode(run.bytes) : undefined;
  return {
    given: { exitCode: debugged?.exitCode, ...(stdout === undefined ? {} : { stdout: result }) },
    wanted: { exitCode, ...(stdout === undefined ? {} : { stdout }) },
    stderr: new TextDecoder().decode(debugged?.stderr),
  };
}

test.skipIf(WASI_TESTSUITE === undefined)(
  "the official tests of preview 1 (needs WASI_TESTSUITE, a checkout of its branch prod/testsuite-base)",
  async () => {
    const outcomes: Record<string, number> = { passed: 0 };
    const failed: string[] = [];
    const count = (outcome: string) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    };
    for (const language of ["c", "assemblyscript"]) {
      const folder = join(WASI_TESTSUITE as string, "tests", language, "testsuite/wasm32-wasip1");
      const names = (await readdir(folder)).filter((file) => file.endsWith(".wasm"));
      for (const name of names.map((file) => file.slice(0, -".wasm".length)).toSorted()) {
        const { given, wanted, stderr } = await runTest(folder, name);
        const isSame = JSON.stringify(given) === JSON.stringify(wanted);
        count(isSame ? "passed" : (WITHOUT[name] ?? "failed"));
        if (isSame || WITHOUT[name] !== undefined) continue;
        failed.push(`${language}/${name}: ${JSON.stringify({ given, wanted })} ${stderr}`);
      }
    }
    console.log("wasi-testsuite, preview 1, C and AssemblyScript:", outcomes);
    expect(failed).toEqual([]);
    expect(outcomes.passed).toBeGreaterThan(0);
  },
);
