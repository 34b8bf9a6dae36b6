/**
 * `hardhat test vitest`: Hardhat's own test task for the contract tests, which vitest runs. With `--coverage` it ends with Hardhat's
 * report of the lines and statements of `contracts/` that the tests reach, and fails when any is missed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { task } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

export const RUNNER = "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Lines of `contracts/` that no test reached, as `file:line`. The play money of local chains is nobody's but its own. */
async function missedLines(): Promise<string[]> {
  const report = await readFile(new URL("../../coverage/lcov.info", import.meta.url), "utf8");
  let file = "";
  return report.split("\n").flatMap((line) => {
    if (line.startsWith("SF:")) file = line.slice("SF:".length);
    const [, number] = /^DA:(\d+),0$/.exec(line) ?? [];
    return number === undefined || !file.startsWith("contracts/") ? [] : [`${file}:${number}`];
  });
}

const vitestRunner: HardhatPlugin = {
  id: "assay-vitest-runner",
  tasks: [
    task(["test", RUNNER], "Runs the contract tests with vitest")
      .setAction(async () => ({
        default: async (_, hre) => {
          const { coverage } = hre.globalOptions;
          await hre.tasks.getTask("build").run({ quiet: true });
          await hre.hooks.runHandlerChain("test", "onTestRunStart", [RUNNER], async () => {});
          const child = spawn("vitest", ["run", "--config", "test/coverage/vitest.config.ts"], {
            cwd: root,
            stdio: "inherit",
            shell: process.platform === "win32",
            env: { ...process.env, HARDHAT_COVERAGE: String(coverage) },
          });
          const [code] = await once(child, "close");
          await hre.hooks.runHandlerChain("test", "onTestRunDone", [RUNNER], async () => {});
          process.exitCode = Number(code ?? 1);
          if (!coverage) return;
          const missed = await missedLines();
          if (missed.length === 0) return;
          process.stderr.write(`No test reaches ${missed.join(", ")}\n`);
          process.exitCode = 1;
        },
      }))
      .build(),
  ],
};

export default vitestRunner;
