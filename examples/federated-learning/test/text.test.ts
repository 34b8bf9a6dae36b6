import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTable } from "../src/outputs/tables.ts";
import { loadText } from "../src/text/loadText.ts";
import { hashNgrams, ngramsOf } from "../src/text/ngrams.ts";
import { readReviews, readSentences } from "../src/text/sentences.ts";
import { textSources } from "../src/text/textData.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-fl-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const hashed = (text: string, length = 64) => {
  const out = new Float32Array(length);
  hashNgrams(text, out, 2);
  return [...out];
};

describe("sentences as numbers", () => {
  test("words and pairs of words, each once; an apostrophe stays", () => {
    expect([...ngramsOf("Don’t, don't GO — go!", 2)]).toEqual([
      "don't",
      "go",
      "don't don't",
      "don't go",
      "go go",
    ]);
    expect([...ngramsOf("é 日本 x2", 1)]).toEqual(["é", "日本", "x2"]);
  });

  test("are whole, the same on every machine, and not those of another sentence", () => {
    const values = hashed("not a good film");
    expect(values).toEqual(hashed("Not a GOOD film!"));
    expect(values.every(Number.isInteger)).toBe(true);
    // Seven n-grams, of which two can meet in a feature.
    expect(values.reduce((sum, value) => sum + Math.abs(value), 0) % 2).toBe(1);
    expect(values).not.toEqual(hashed("good film, not a"));
    expect(hashed("?!")).toEqual(new Array(64).fill(0));
  });

  test("the 3,000 reviews have two classes, and no sentence is in training and in test data", async () => {
    const reviews = await readReviews();
    expect(reviews).toHaveLength(3_000);
    expect(reviews.filter(({ label }) => label === 1)).toHaveLength(1_500);
    const { train, test } = textSources(reviews, { seed: 1 });
    const bytes = ({ values }: typeof train) => Buffer.from(values.buffer);
    const rows = (data: typeof train) =>
      Array.from(data.labels, (_, i) =>
        bytes(data)
          .subarray(i * data.features * 4, (i + 1) * data.features * 4)
          .toString("latin1"),
      );
    const trained = new Set(rows(train));
    expect(rows(test).filter((row) => trained.has(row))).toEqual([]);
    expect(bytes(textSources(reviews, { seed: 1 }).train).equals(bytes(train))).toBe(true);
  });
});

describe("files of sentences", () => {
  test("CSV with a header in any order and quoted commas, CSV without one, and Parquet", async () => {
    const sentences = [
      { text: "good, very", label: 1 },
      { text: 'a "bad" one', label: 0 },
    ];
    const csv = 'label,id,text\n1,7,"good, very"\n0,8,"a ""bad"" one"\n';
    expect(await readSentences(await file("a.csv", csv))).toEqual(sentences);
    expect(await readSentences(await file("b.csv", '"good, very",1\n"a ""bad"" one",0'))).toEqual(
      sentences,
    );
    const columns = [
      { name: "text", type: "STRING" as const, data: sentences.map(({ text }) => text) },
      { name: "label", type: "INT32" as const, data: sentences.map(({ label }) => label) },
    ];
    const parquet = writeTable(columns, "parquet");
    expect(await readSentences(await file("c.parquet", parquet))).toEqual(sentences);
  });

  test.each([
    ["d.csv", "text,class\na b,1\nc,0\n", "DATA_COLUMNS", /text and label/],
    ["e.csv", "a, b,1\n", "DATA_COLUMNS", /Line 1 .* quote/],
    ["f.csv", "text,label\na,good\n", "DATA_VALUE", /"good" in column 2, line 2/],
    ["g.csv", 'text,label\n"a,1\n', "DATA_UNREADABLE", /no CSV/],
    ["h.parquet", "text,label\na,1\n", "DATA_UNREADABLE", /no Parquet/],
    ["i.csv", "text,label\na,1\nb,1\n", "DATA_VALUE", undefined],
  ])("%s is refused", async (name, content, code, message) => {
    const data = await file(name, content);
    const error = await loadText({ data, test: undefined, seed: 1 }).catch((error) => error);
    expect(error).toMatchObject({ code });
    if (message !== undefined) expect(error.message).toMatch(message);
  });

  test("more of them than memory holds are refused, and labels that only the test data have", () => {
    const sentence = { text: "a", label: 1 };
    const sources = (count: number, tested?: { text: string; label: number }[]) =>
      textSources([{ text: "b", label: 0 }, ...new Array(count).fill(sentence)], {
        seed: 1,
        tested,
      });
    expect(() => sources(65_536)).toThrow(expect.objectContaining({ code: "DATA_TOO_MANY" }));
    expect(() => sources(1, [{ text: "c", label: 2 }])).toThrow(/labels above 1/);
  });
});
