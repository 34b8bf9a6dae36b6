import { spawnSync } from "node:child_process";

/** Runs a program to its end. @returns its output. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...{ encoding: "utf8", maxBuffer: 1 << 28 },
    ...options,
  });
  if (error !== undefined)
    throw new Error(`${command} is needed and cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ""} failed: ${stderr || stdout}`);
  return stdout;
}
