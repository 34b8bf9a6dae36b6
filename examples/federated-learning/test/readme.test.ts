import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { variants } from "../../../test/fixtures/long.ts";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { blockOf } from "../../shared/src/readme/readmeBlock.ts";
import { BLOCKS, type BlockName, outputOf, README } from "../docs/generate.ts";
import { aggregate } from "../src/aggregate/aggregate.ts";
import { parseOptions } from "../src/cli/options.ts";
import { OPTDIGITS } from "../src/data/loadSources.ts";
import { compile } from "../src/programs/programs.ts";
import { fedYogi } from "../src/strategies/strategies.ts";

const readme = await readFile(README, "utf8");

test.for(variants(Object.keys(BLOCKS) as BlockName[], 0))(
  "the README shows what the command of its block %s prints",
  async (name, context) => {
    if (name === "grid" && !existsSync(OPTDIGITS)) context.skip("optdigits is not on this machine");
    expect(await outputOf(name)).toBe(blockOf(readme, name));
  },
);

test("a tenth of the clients lies about sentences: the plain mean falls, and the robust rule stays within 0.02 of the mean that nobody attacks", () => {
  const block = blockOf(readme, "text");
  const accuracyOf = (label: string) =>
    Number(block.match(new RegExp(`${label} +(0\\.\\d+)`))?.[1]);
  const attackFree = accuracyOf("plain mean, nobody lies");
  expect(attackFree).toBeGreaterThan(0.68);
  expect(accuracyOf("plain mean, under attack")).toBeLessThan(0.55);
  expect(attackFree - accuracyOf("nnm\\+trimmed-mean, under attack")).toBeLessThanOrEqual(0.02);
});

test("of ten seeds of sentences, the robust rule loses what the README says, and the plain mean much more", () => {
  const rows = [...blockOf(readme, "text-seeds").matchAll(/^ +(\d+|mean)((?: +-?0\.\d{3}){4})$/gm)];
  expect(rows.map(([, seed]) => seed)).toEqual([..."123456789", "10", "mean"]);
  const figures = rows.map(([, , text = ""]) => text.trim().split(/ +/).map(Number));
  const [attackFree = 0, plainMean = 0, , lost = 0] = figures.at(-1) ?? [];
  const each = figures.slice(0, -1).map((row) => row[3] ?? 0);
  const [, average, worst, plain] =
    /The robust rule loses (0\.\d+) on average, 0\.02 or more in three of ten runs and (0\.\d+) at worst; the plain mean loses (0\.\d+)\./.exec(
      readme,
    ) ?? [];
  expect([lost, Math.max(...each)]).toEqual([Number(average), Number(worst)]);
  expect(each.filter((one) => one >= 0.02)).toHaveLength(3);
  expect(attackFree - plainMean).toBeCloseTo(Number(plain), 2);
});

test("the text quotes the grid and the table of attacks", () => {
  const [, care = ""] = /\nRead it with care:\n(.*?)\n\*\*Settings/s.exec(readme) ?? [];
  const quoted = care.match(/0\.\d{3}/g) ?? [];
  expect(quoted.length).toBeGreaterThan(5);
  const grid = blockOf(readme, "grid");
  for (const number of quoted) expect(grid).toContain(number);
  // What liars get under the attacks that are not found: the last column, as the text rounds it.
  const [, said] = /Ten such liars get (\d+) % of the pay/.exec(readme) ?? [];
  for (const attack of ["alie", "min-max"]) {
    const row = blockOf(readme, "attacks").match(new RegExp(`^  ${attack} .* ([\\d.]+) %$`, "m"));
    expect(Math.round(Number(row?.[1]))).toBe(Number(said));
  }
  expect(readme).toContain("no honest client was in any of these runs");
  expect(blockOf(readme, "attacks").match(/ 0 of \d+ +[\d.]+ %$/gm)).toHaveLength(9);
});

test("every piece of code of the README runs", async () => {
  const code = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text = ""]) => text);
  expect(code).toHaveLength(2);
  const model = Float64Array.of(1, 2);
  const given = {
    ...{ fedYogi, createLocalProgram, compile, aggregate, model },
    updates: Array.from({ length: 9 }, (_, client) => ({
      client,
      values: Float64Array.of(client, 1),
    })),
  };
  const run = (text: string, names: Record<string, unknown>, result: string) => {
    const body = `${text.replace(/^import .*\n/m, "")}\nreturn ${result};`;
    const AsyncFunction = (async () => {}).constructor as typeof Function;
    return new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  };
  const second = await run(
    code[0] ?? "",
    { ...given, aggregate: Float64Array.of(1, -1) },
    "second",
  );
  expect(second.model[0]).toBeGreaterThan(1);
  expect(second.model[1]).toBeLessThan(2);
  const { rows, clients } = await run(code[1] ?? "", given, "{ rows, clients }");
  expect([...rows[0]]).toEqual([4, 1]);
  expect(clients).toHaveLength(9);
});

test("every command line of the README is one", () => {
  const commands = [...readme.matchAll(/npm run example:fl(?: -- ([^#\n`]*))?/g)];
  expect(commands.length).toBeGreaterThan(8);
  for (const [, argv = ""] of commands) parseOptions(argv.split(" ").filter((word) => word !== ""));
});
