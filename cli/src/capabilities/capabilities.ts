import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import {
  INSTRUMENTATION_VERSION,
  MAX_DEPTH,
  MAX_FUEL,
  MAX_INSTRUMENTED_BYTES,
  MAX_PROGRAM_BYTES,
} from "@assay/sdk/program";
import { flag, help, loadOptions, nodeOptions } from "@assay/worker/config";
import { type Command, table, toJson, VERSION } from "@assay/worker/process";

const capabilityOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  processes: nodeOptions.processes,
  "max-task-memory": nodeOptions["max-task-memory"],
  tag: nodeOptions.tag,
  json: flag("one JSON object"),
  help,
};

/** What programs may use beyond WebAssembly 1.0, by the names of the proposals: `docs/programs.md`. */
export const PROGRAM_FEATURES = [
  "mutable-globals",
  "sign-ext",
  "nontrapping-fptoint",
  "multivalue",
  "bulk-memory",
];

export const capabilitiesCommand: Command = {
  summary:
    "show what this machine could offer as a worker: cores, memory, programs, tags, versions",
  options: capabilityOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(capabilityOptions, argv, environment);
    const { dataDir, processes, maxTaskMemory, tag, json } = values;
    const cores = availableParallelism();
    const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || totalmem());
    const machine = {
      ...{ platform: process.platform, architecture: process.arch, cores, memoryBytes },
      freeMemoryBytes: process.availableMemory(),
      freeDiskBytes: freeDisk(dataDir),
    };
    const worker = {
      ...{ processes: processes ?? cores, maxTaskMemoryBytes: maxTaskMemory, tags: tag },
    };
    const programs = {
      ...{ features: PROGRAM_FEATURES, wasi: "preview1", maxBytes: MAX_PROGRAM_BYTES },
      ...{ maxInstrumentedBytes: MAX_INSTRUMENTED_BYTES, maxFuel: MAX_FUEL, maxDepth: MAX_DEPTH },
    };
    const versions = {
      ...{ assay: VERSION, node: process.versions.node, instrumentation: INSTRUMENTATION_VERSION },
    };
    const rows: [string, string][] = [
      ["machine", `${process.platform} on ${process.arch}, ${cores} cores`],
      ["memory", `${size(memoryBytes)}, ${size(machine.freeMemoryBytes)} of it free`],
      ["disk", `${size(machine.freeDiskBytes)} free at ${dataDir}`],
      ["tasks at a time", `${worker.processes}, each with up to ${size(maxTaskMemory)} of memory`],
      ["tags", tag.join(", ") || "none: name some with --tag"],
      ["programs", `WebAssembly 1.0 with ${PROGRAM_FEATURES.join(", ")}`],
      ["", "WASI preview 1 commands, once assay program build has linked them"],
      ["", `up to ${size(MAX_PROGRAM_BYTES)}`],
      ["versions", `assay ${VERSION}, Node.js ${versions.node}`],
      ["", `instrumentation ${INSTRUMENTATION_VERSION}`],
    ];
    stdout.write(`${json ? toJson({ machine, worker, programs, versions }) : table(rows)}\n`);
    return 0;
  },
};

/** Where a folder is, or would be. */
function freeDisk(folder: string): number {
  let path = resolve(folder);
  while (!existsSync(path) && path !== dirname(path)) path = dirname(path);
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
