import { programMachine } from "@assay/sdk/machine";
import { inspectProgram, instrumentProgram, isWasiModule, linkWasi } from "@assay/sdk/program";
import { loadOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { contentCid, readLocal, takeOperands } from "./files.ts";
import { inspectOptions } from "./programOptions.ts";

export const programInspectCommand: Command = {
  summary: "say whether a module is a program, or can be linked to one, and what it needs",
  operands: "<file.wasm>",
  options: inspectOptions,
  async run(argv, { environment, stdout }) {
    const { operands, options } = takeOperands(argv, ["<file.wasm>"]);
    const [path = ""] = operands;
    const { values } = loadOptions(inspectOptions, options, environment);
    const wasm = await readLocal(path);
    const fields = isWasiModule(wasm) ? describeCommand(wasm) : await describeProgram(wasm);
    const rows = Object.entries(fields).map(([what, is]) => [what, String(is)] as const);
    stdout.write(`${values.json ? toJson(fields) : table(rows)}\n`);
    return 0;
  },
};

async function describeProgram(wasm: Uint8Array) {
  const { memory, byteLength } = inspectProgram(wasm);
  const instrumented = instrumentProgram(wasm);
  return {
    kind: "program",
    bytes: byteLength,
    instrumentedBytes: instrumented.length,
    minMemoryPages: memory.minPages,
    memoryPages: memory.maxPages,
    cid: await contentCid(wasm),
    ...(await describeMachine(instrumented)),
  };
}

/** What a fraud proof replays of it, if it can. */
async function describeMachine(instrumented: Uint8Array) {
  const { root, reason } = await programMachine(instrumented);
  return reason === undefined
    ? { provable: true, machineRoot: root }
    : { provable: false, notProvableBecause: reason };
}

/** @throws {@link WasiLinkError} when it does not become a program. */
function describeCommand(wasm: Uint8Array) {
  const { memory, byteLength } = inspectProgram(linkWasi({ wasm }));
  return {
    kind: "WASI command: link it with assay program build",
    bytes: wasm.length,
    linkedBytes: byteLength,
    minMemoryPages: memory.minPages,
  };
}
