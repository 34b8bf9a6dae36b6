// `node examples/federated-learning/docs/generate.ts [BLOCK …]`: runs the commands whose output the README shows, and writes it there, with the
// pictures. A test holds the README to them.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeBlock } from "../../shared/src/readme/readmeBlock.ts";
import { gridCommand } from "../src/cli/gridCommand.ts";
import { parseOptions } from "../src/cli/options.ts";
import { runnerCommand } from "../src/cli/runnerCommand.ts";
import { OPTDIGITS } from "../src/data/loadSources.ts";
import { attacksTable } from "./attacksTable.ts";
import { textSeedsTable } from "./textSeedsTable.ts";

export const README = fileURLToPath(new URL("../README.md", import.meta.url));

/** A block of the README: what a command prints, as far as it is the same each time, and the picture that it draws. */
interface Block {
  argv: readonly string[];
  /** The first line that is shown, and the first one after it that is not. */
  from: RegExp;
  to: RegExp;
  /** File among the results, and its copy in this folder. */
  picture?: readonly [string, string];
  /** A table of this folder, made in place of a command's output. */
  table?: (argv: readonly string[]) => Promise<string>;
}

export const BLOCKS = {
  text: {
    argv: ["--text", "--runner", "in-process"],
    from: /^Assay/,
    to: /^ {2}model/,
    picture: ["run.png", "text.png"],
  },
  "text-seeds": {
    argv: ["--text", "--runner", "in-process"],
    from: /^/,
    to: /^$/,
    table: textSeedsTable,
  },
  run: {
    argv: ["--data", "synthetic", "--runner", "in-process"],
    from: /^Assay/,
    to: /^ {2}model/,
    picture: ["run.png", "run.png"],
  },
  attacks: {
    argv: ["--data", "synthetic"],
    from: /^/,
    to: /^$/,
    table: attacksTable,
  },
  grid: {
    argv: ["--grid", "--data", OPTDIGITS],
    from: /^ {2}aggregator/,
    to: /^$/,
    picture: ["grid.png", "grid.png"],
  },
} satisfies Record<string, Block>;

export type BlockName = keyof typeof BLOCKS;

/**
 * Runs a block's command.
 * @param pictures - where its picture is put, if anywhere.
 * @returns what the README shows of it.
 */
export async function outputOf(
  name: BlockName,
  { pictures }: { pictures?: string } = {},
): Promise<string> {
  const { argv, from, to, picture, table }: Block = BLOCKS[name];
  if (table !== undefined) return (await table(argv)).trimEnd();
  const out = await mkdtemp(join(tmpdir(), "assay-readme-"));
  try {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
    const options = parseOptions([...argv, "--out", out]);
    const { signal } = new AbortController();
    const { runner } = options;
    if (options.grid) await gridCommand(options, stream, signal);
    else if (runner !== "market") await runnerCommand({ ...options, runner }, stream, signal);
    if (pictures !== undefined && picture !== undefined)
      await copyFile(join(out, picture[0]), join(pictures, picture[1]));
    const lines = written
      .join("")
      .split("\n")
      .map((line) => line.trimEnd());
    const first = lines.findIndex((line) => from.test(line));
    const length = lines.slice(first).findIndex((line) => to.test(line));
    return lines
      .slice(first, first + length)
      .join("\n")
      .trimEnd();
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = Object.keys(BLOCKS) as BlockName[];
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
  for (const name of names.filter((one) => wanted.includes(one))) {
    const text = await outputOf(name, { pictures: fileURLToPath(new URL(".", import.meta.url)) });
    await writeBlock(README, name, text);
  }
}
