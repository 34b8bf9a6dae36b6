import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOptions } from "../src/cli/options.ts";
import { loadSources } from "../src/data/loadSources.ts";
import { partition } from "../src/data/partition.ts";
import { readDataSet } from "../src/data/readDataSet.ts";
import { syntheticData } from "../src/data/synthetic.ts";
import { type Column, writeTable } from "../src/outputs/tables.ts";
import { createRandom } from "../src/random/random.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-fl-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("data", () => {
  test("a file of numbers is read, scaled to its largest", async () => {
    const { values, labels, features, classes } = await readDataSet(
      await file("good.tra", "0,8,1\r\n16,4,0\n\n"),
    );
    expect({ values: [...values], labels: [...labels], features, classes }).toEqual({
      values: [0, 0.5, 1, 0.25],
      labels: [1, 0],
      features: 2,
      classes: 2,
    });
  });

  test("a header names the label, and Parquet is read as CSV is", async () => {
    const csv = await readDataSet(await file("head.csv", "label,a,b\n1,8,4\n0,16,2\n"));
    expect({ values: [...csv.values], labels: [...csv.labels] }).toEqual({
      values: [0.5, 0.25, 1, 0.125],
      labels: [1, 0],
    });
    const columns: Column[] = [
      { name: "a", type: "DOUBLE", data: [8, 16] },
      { name: "b", type: "INT32", data: [4, 2] },
      { name: "label", type: "INT32", data: [1, 0] },
    ];
    const parquet = await file("head.parquet", writeTable(columns, "parquet"));
    expect(await readDataSet(parquet)).toEqual(csv);
    const holes = columns.map((column) => ({ ...column, data: [null, ...column.data.slice(1)] }));
    await expect(
      readDataSet(await file("holes.parquet", writeTable(holes, "parquet"))),
    ).rejects.toMatchObject({ code: "DATA_VALUE", message: expect.stringMatching(/row 1/) });
  });

  test.each([
    ["another number of columns", "1,2,0\n1,2,3,1\n", "DATA_COLUMNS", /Line 2 .* 4 columns .* 3/],
    ["no features", "1\n0\n", "DATA_COLUMNS", /Line 1/],
    ["a word", "1,2,0\n1,x,1\n", "DATA_VALUE", /"x" in column 2, line 2/],
    ["a cell that is empty", "1,2,0\n1,,1\n", "DATA_VALUE", /column 2, line 2/],
    ["NaN", "1,2,0\nNaN,2,1\n", "DATA_VALUE", /"NaN" in column 1/],
    ["a label that is none", "1,2,0\n1,2,1.5\n", "DATA_VALUE", /label/],
    ["one label alone", "1,2,0\n1,2,0\n", "DATA_VALUE", /one label/],
    ["nothing", "\n\n", "DATA_EMPTY", /no examples/],
    ["a quote that does not end", '1,"2,0\n', "DATA_UNREADABLE", /no CSV/],
    ["no text", new Uint8Array([1, 0, 2, 0]), "DATA_UNREADABLE", /no text/],
  ])("%s is refused, and where", async (name, text, code, message) => {
    const path = await file(`${name}.tra`, text);
    const error = await readDataSet(path).catch((error) => error);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("a missing file, and a test file that does not fit", async () => {
    await expect(readDataSet(join(folder, "none.tra"))).rejects.toMatchObject({
      code: "DATA_NOT_FOUND",
    });
    const data = await file("fit.tra", "1,2,0\n3,4,1\n");
    const narrow = await file("narrow.tes", "1,0\n");
    const labels = await file("labels.tes", "1,2,7\n");
    const load = (test: string) => loadSources({ data, test, seed: 1 });
    await expect(load(narrow)).rejects.toMatchObject({ code: "DATA_COLUMNS" });
    await expect(load(labels)).rejects.toMatchObject({ code: "DATA_VALUE" });
  });

  test("every example goes to one client, unevenly where alpha is small", () => {
    const data = syntheticData({ seed: 1, examples: 3_000 });
    const unevenness = [0.1, 100].map((alpha) => {
      const shards = partition(data, { clients: 30, alpha, random: createRandom(5) });
      expect(shards.reduce((sum, { labels }) => sum + labels.length, 0)).toBe(3_000);
      expect(Math.min(...shards.map(({ labels }) => labels.length))).toBeGreaterThanOrEqual(8);
      const classes = shards.map(({ labels }) => new Set(labels).size);
      return classes.reduce((sum, count) => sum + count, 0) / shards.length;
    });
    expect(unevenness[0]).toBeLessThan(5);
    expect(unevenness[1]).toBeGreaterThan(9);
    expect(() => partition(data, { clients: 400, alpha: 1, random: createRandom(1) })).toThrow(
      expect.objectContaining({ code: "DATA_TOO_FEW" }),
    );
  });
});

describe("the command line", () => {
  test.each([
    [["--aggregator", "kurm"], /kurm/],
    [["--attack", "none-such"], /none-such/],
    [["--noise", "1"], /--clip/],
    [["--noise", "1", "--clip", "1"], /--aggregator mean/],
    [["--grid", "--attack", "ipm"], /--attack/],
    [["--f", "1.5"], /--f 1\.5/],
    [["--rounds"], /--rounds needs a value/],
    [["--json=1"], /takes no value/],
    [["--rate", "-1"], /--rate/],
    [["--seed", "1", "--seed", "2"], /twice/],
    [["tra"], /not a flag/],
    [["--reward", "0"], /--reward/],
    [["--participants", "101"], /--participants/],
    [["--runner", "mars"], /market, in-process, threads, processes/],
    [["--runner", "threads", "--workers", "2"], /without a marketplace/],
    [["--grid", "--runner", "threads"], /--grid/],
    [["--grid", "--checkpoint", "file"], /--checkpoint/],
    [["--grid", "--text"], /--text/],
    [["--strategy", "fedsgd"], /fedavg, fedprox, fedadam, fedyogi/],
    [["--mu", "1"], /--strategy fedprox/],
    [["--patience", "0"], /--patience/],
    [["--tables", "xlsx"], /csv or parquet/],
  ])("%s", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringMatching(message) }),
    );
  });

  test("the grid is the one that is published", () => {
    expect(parseOptions(["--grid"]).federation).toMatchObject({
      clients: 15,
      byzantine: 4,
      participants: 15,
      alpha: 0.3,
      rounds: 100,
      rule: { f: 4 },
    });
  });
});
