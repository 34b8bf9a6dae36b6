import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./processes.ts";

const readme = await readFile(join(ROOT, "README.md"), "utf8");
const scripts: Record<string, string> = JSON.parse(
  await readFile(join(ROOT, "package.json"), "utf8"),
).scripts;

/** The contents of every code block of a language in the README. */
export function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );
}

/** What a script of package.json hands to `setup.mjs`. */
export function fileOf(script: string): string {
  const [, file] = /^node setup\.mjs (\S+)$/.exec(scripts[script] ?? "") ?? [];
  if (file === undefined) throw new Error(`there is no script ${script} that runs by setup.mjs`);
  return join(ROOT, file);
}

/** A run's output without what differs from run to run: numbers, addresses, and how they are aligned. */
export function shape(output: string): string[] {
  return output
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/0x[\da-fA-F]+(…[\da-fA-F]+)?/g, "0x…")
        .replaceAll(/\d[\d.,]*/g, "#")
        .replaceAll(/─+/g, "─")
        .replaceAll(/\s+/g, " ")
        .trimEnd(),
    )
    .filter((line) => line !== "");
}
