/** `npm run test:coverage`: which lines and statements of `contracts/` the tests reach, by Hardhat's own report. All, or it fails. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

function hardhat(...args: string[]): number {
  const { status } = spawnSync("hardhat", args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return status ?? 1;
}

const status = hardhat("test", "vitest", "--coverage");
// What counts its coverage must not be deployed, nor measured: back to the contracts as they are.
hardhat("build", "--quiet");
process.exit(status);
