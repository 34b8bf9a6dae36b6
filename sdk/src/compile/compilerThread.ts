import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import asc from "assemblyscript/asc";

export interface CompilerOrder {
  source: string;
  /** Name of the source in diagnostics, without ending. */
  name: string;
  memoryPages: number;
}

export interface CompilerReply {
  wasm: Uint8Array | undefined;
  diagnostics: string[];
}

const { source, name, memoryPages } = workerData as CompilerOrder;

const prelude = await readFile(new URL("assembly/prelude.ts", import.meta.url), "utf8");
const entry = "assay-prelude.ts";
const files = new Map([
  [entry, prelude.replace('from "./program"', `from "./${name}"`)],
  [`${name}.ts`, source],
]);

const messages: string[] = [];
let wasm: Uint8Array | undefined;

const { error } = await asc.main(
  [
    entry,
    ...["--outFile", "program.wasm"],
    // No garbage collector: a task is one call in a fresh instance, and what it leaves behind goes with it.
    ...["--runtime", "stub"],
    // `throw` and failed checks trap instead of calling the host.
    ...["--use", "abort="],
    ...["-O3", "--noAssert", "--converge"],
    ...["--maximumMemory", String(memoryPages)],
    // Where `CI` is set the compiler colours its messages, terminal or not.
    "--noColors",
  ],
  {
    readFile: (file) => files.get(file) ?? null,
    writeFile: (_file, contents) => {
      if (contents instanceof Uint8Array) wasm = contents;
    },
    listFiles: () => [],
    stderr: { write: (text) => void messages.push(String(text).trim()) },
  },
);
// The last message only counts the others.
const diagnostics = messages.filter((message) => !message.startsWith("FAILURE"));
const reply: CompilerReply =
  error === null
    ? { wasm, diagnostics }
    : { wasm: undefined, diagnostics: diagnostics.length > 0 ? diagnostics : [error.message] };
parentPort?.postMessage(reply);
