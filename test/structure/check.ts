/** `npm run check:structure`: exports that nobody uses, dependencies that nobody needs, and code that stands twice. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

let exitCode = 0;
for (const [command = "", ...args] of [
  ["knip", "--no-progress"],
  ["jscpd", "."],
]) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  exitCode ||= status ?? 1;
}
process.exit(exitCode);
