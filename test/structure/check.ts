/** `npm run check:structure`: exports that nobody uses, dependencies that nobody needs, and code that stands twice. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

let exitCode = 0;
for (const [command = "", ...args] of [
  ["knip", "--no-progress"],
  ["jscpd", "."],
]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  process.stdout.write(status === 0 ? `${command} finds nothing\n` : `${stdout}${stderr}`);
  exitCode ||= status ?? 1;
}
process.exit(exitCode);
