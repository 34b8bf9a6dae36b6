/**
 * `npm test`: types, format and lint of TypeScript and Solidity, contracts, then every test.
 * `npm test -- sdk` passes its arguments on to vitest and runs the tests alone.
 *
 * The compiler takes one core for minutes. What needs none of its output runs beside it, and beside the tests of the contracts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Counts, summary } from "./reporter.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const filters = process.argv.slice(2);

interface Step {
  name: string;
  command: string[];
}

/** Folders whose tests need what was compiled. The others deploy what is committed. */
const ON_CONTRACTS = ["test/contracts", "bench"];

const build: Step = { name: "contracts compile", command: ["hardhat", "build", "--quiet"] };
const onContracts: Step[] = [
  build,
  { name: "generated code is current", command: ["node", "ignition/generate.ts", "--check"] },
  { name: "Solidity tests", command: ["hardhat", "test", "solidity"] },
  {
    name: "tests on contracts",
    // They compute all the time, and the other lane takes longer.
    command: ["vitest", "run", "--maxWorkers=1", ...ON_CONTRACTS.map((path) => `${path}/`)],
  },
];
const besideThem: Step[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "types of the explorer's pages", command: ["tsc", "-p", "explorer"] },
  { name: "TypeScript format and lint", command: ["biome", "check", "--error-on-warnings"] },
  {
    name: "Solidity format",
    command: ["prettier", "--check", "{contracts,devnet,test}/**/*.sol"],
  },
  {
    name: "Solidity lint",
    command: ["solhint", "--max-warnings", "0", "{contracts,devnet}/**/*.sol"],
  },
  { name: "the WASI shim is current", command: ["node", "sdk/generate.ts", "--check"] },
  { name: "structure", command: ["node", "test/structure/check.ts"] },
  {
    name: "all other tests",
    command: ["vitest", "run", ...ON_CONTRACTS.flatMap((path) => ["--exclude", `${path}/**`])],
  },
];

class StepFailed extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

const countsFolder = mkdtempSync(join(tmpdir(), "assay-test-"));
const countsFile = join(countsFolder, "counts.jsonl");
process.on("exit", () => rmSync(countsFolder, { recursive: true, force: true }));

/** Of all runs of vitest together. */
function totalCounts(): Counts {
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of readFileSync(countsFile, "utf8").trim().split("\n")) {
    const { passed, failed, skipped } = JSON.parse(line) as Counts;
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** Runs one step after the other. @param isBeside - whether others write to the terminal meanwhile: then a step's output comes at its end. */
async function runAll(steps: readonly Step[], { isBeside = false } = {}): Promise<void> {
  for (const { name, command } of steps) {
    if (!isBeside) process.stdout.write(`\n▸ ${name}\n`);
    const from = performance.now();
    const [file = "", ...args] = command;
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, ASSAY_TEST_COUNTS: countsFile },
      stdio: isBeside ? ["ignore", "pipe", "pipe"] : "inherit",
      shell: process.platform === "win32",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const [code] = await once(child, "close").catch((error: Error) => {
      throw new StepFailed(`✗ ${name} could not be started: ${error.message}`, 1);
    });
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    if (code !== 0)
      throw new StepFailed(`${output}\n✗ ${name} failed after ${seconds} s`, code || 1);
    process.stdout.write(`${isBeside ? `${output}\n` : ""}✓ ${name}: ${seconds} s\n`);
  }
}

/** User and system time of all processes that this one has started and that have ended, in minutes; where the system tells. */
function cpuMinutes(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // proc_pid_stat(5): fields 16 and 17, in clock ticks of 1/100 s.
  const [user = 0, system = 0] = fields.slice(13, 15).map(Number);
  return (user + system) / 100 / 60;
}

const started = performance.now();
try {
  if (filters.length > 0) {
    await runAll([build, { name: "tests", command: ["vitest", "run", ...filters] }]);
  } else {
    const lanes = [runAll(onContracts, { isBeside: true }), runAll(besideThem)];
    // Both end before either failure is told: a compiler that is stopped half-way leaves a broken cache.
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
const cpu = cpuMinutes();
process.stdout.write(`${summary(totalCounts())}\n`);
process.stdout.write(
  `All in ${((performance.now() - started) / 1000).toFixed(0)} s${cpu === undefined ? "" : `, ${cpu.toFixed(1)} minutes of CPU`}\n`,
);
