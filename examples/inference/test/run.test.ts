import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finishRun } from "../../../test/e2e/processes.ts";
import { fileOf, shape } from "../../../test/e2e/readme.ts";
import { longTest } from "../../../test/fixtures/long.ts";
import { blockOf } from "../../shared/src/readme/readmeBlock.ts";
import { FIGURES, type MarketFigures, marketMarkdown } from "../docs/generate.ts";
import { openImages } from "../src/cli/openImages.ts";
import { openModel } from "../src/cli/openModel.ts";
import { parseOptions } from "../src/cli/options.ts";
import { trainDigits } from "../src/digits/train.ts";
import { OPERATORS } from "../src/layers/operators.ts";
import { writeModel } from "../src/onnx/writeModel.ts";

const MAIN = fileOf("example:inference");
const README = new URL("../README.md", import.meta.url);
const MODEL = new URL("../models/digits.onnx", import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-inference-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const finish = (args: readonly string[]) => finishRun(MAIN, args);

/** What the README shows of a command, with the command. */
async function block(command: string): Promise<string> {
  const readme = await readFile(README, "utf8");
  const [, text] = readme.split(`\`\`\`console\n$ ${command}\n`);
  return text?.split("\n```")[0] ?? expect.unreachable(`the README does not show ${command}`);
}

const LOCAL = "npm run example:inference -- --runner threads";
const CHECK = "npm run example:inference -- --check";

describe("on this machine", () => {
  test("the README shows what is printed, and each layer is within its bound", async () => {
    const { code, stdout, stderr } = await finish(["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // Errors are the same to the last digit wherever they are measured.
    expect(stdout.trim()).toBe((await block(CHECK)).trim());
    expect(stdout).not.toContain("NO");
  });

  longTest("classes in CSV, and the README shows what is printed", async () => {
    const out = join(folder, "digits");
    const { code, stdout, stderr } = await finish(["--runner", "threads", "--out", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(shape(stdout.replaceAll(out, "out/inference"))).toEqual(shape(await block(LOCAL)));
    expect(stdout).toContain("the bytes are the same as in this process");
    const rows = (await readFile(join(out, "classes.csv"), "utf8")).trim().split("\n");
    expect(rows).toHaveLength(201);
    expect(rows[1]).toMatch(/^digit-2-0,\d,[01]\.\d{4}$/);
  });

  test("masks as PNG, of pictures of any size and colour", async () => {
    // Class 1 where a pixel is brighter than half, by two convolutions of one pixel, at half the size.
    const model = join(folder, "mask.onnx");
    const bytes = writeModel({
      shape: [1, 3, 8, 8],
      constants: {
        w: { dims: [2, 3, 1, 1], values: [0, 0, 0, 1, 1, 1] },
        b: { dims: [2], values: [1.5, 0] },
      },
      nodes: [
        {
          op: "AveragePool",
          inputs: ["x"],
          output: "small",
          attributes: { kernel_shape: [2, 2], strides: [2, 2] },
        },
        { op: "Conv", inputs: ["small", "w", "b"], output: "scores" },
      ],
    });
    await writeFile(model, bytes);
    const pictures = join(folder, "pictures");
    await mkdir(pictures);
    const canvas = createCanvas(64, 32);
    const context = canvas.getContext("2d");
    context.fillStyle = "#102030";
    context.fillRect(0, 0, 64, 32);
    context.fillStyle = "#f0e0ff";
    context.fillRect(32, 0, 32, 16); // the upper right quarter
    await writeFile(join(pictures, "a.png"), canvas.toBuffer("image/png"));
    await writeFile(join(pictures, "b.jpg"), canvas.toBuffer("image/jpeg", 90));
    await writeFile(join(pictures, "notes.txt"), "no picture");
    const out = join(folder, "masks");
    const args = ["--model", model, "--images", pictures, "--runner", "in-process", "--out", out];
    const { code, stderr, stdout } = await finish([...args, "--group", "2", "--json"]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      images: 2,
      tasks: 1,
      agreement: 1,
      sameAsInProcess: true,
      accuracy: null,
    });
    for (const name of ["a.png", "b.jpg"]) {
      const mask = await loadImage(join(out, `${name}.mask.png`));
      const drawn = createCanvas(mask.width, mask.height).getContext("2d");
      drawn.drawImage(mask, 0, 0);
      const { data, width, height } = drawn.getImageData(0, 0, mask.width, mask.height);
      expect([width, height]).toEqual([4, 4]);
      const grey = Array.from({ length: 16 }, (_, i) => data[i * 4]);
      const bright = (i: number) => i % 4 >= 2 && i < 8;
      expect(grey).toEqual(Array.from({ length: 16 }, (_, i) => (bright(i) ? 255 : 0)));
    }
    expect(await readFile(join(out, "shares.csv"), "utf8")).toBe(
      "image,0,1\na.png,0.7500,0.2500\nb.jpg,0.7500,0.2500\n",
    );
  });
});

test("every command of the README is one that there is", async () => {
  const readme = await readFile(README, "utf8");
  const commands = [...readme.matchAll(/npm run example:inference(?: -- ([^#\n]*))?/g)];
  expect(commands.length).toBeGreaterThan(5);
  for (const [, flags = ""] of commands) parseOptions(flags.trim().split(/\s+/).filter(Boolean));
});

test("the README names every operator, and shows the figures of the run that it tells of", async () => {
  const readme = await readFile(README, "utf8");
  const [, list = ""] = /\n## Operators\n\n(.*?), of opsets/s.exec(readme) ?? [];
  expect(list.split(/,\s+/)).toEqual(Object.keys(OPERATORS));
  const figures: MarketFigures = JSON.parse(await readFile(FIGURES, "utf8"));
  expect(blockOf(readme, "market")).toBe(marketMarkdown(figures));
});

describe("refuses in one line, before anything is paid", () => {
  const signal = new AbortController().signal;
  const open = async (args: readonly string[]) => {
    const options = parseOptions(args);
    const graph = await openModel(options.model, options);
    return openImages(graph, options, { signal });
  };
  test.each<[args: string[], says: RegExp]>([
    [["--model", "nothing.onnx", "--images", "."], /nothing\.onnx cannot be read: give the path/],
    [["--model", "package.json", "--images", "."], /no ONNX model/],
    [["--images", "sdk/src"], /has no images: put PNG, JPEG or WebP/],
    [["--images", "nowhere"], /nowhere cannot be read: give another/],
    [["--labels", "nowhere"], /nowhere cannot be read: give a file with a class a line/],
    [["--mean", "1,2,3"], /--mean has 3 numbers and the model 1 channels/],
    [["--shape", "1,1,16"], /--shape has 3 dimensions and the input "x" has 4/],
    [["--std", "0"], /--std 0 is out of range/],
    [["--group", "65"], /--group 65 is out of range/],
    [["--model", "m.onnx"], /--model needs pictures of its own/],
    [["--check", "--liar"], /--check runs without a marketplace/],
    [["--runner", "threads", "--batch", "3"], /--runner threads runs without a marketplace/],
    [["--count", "3", "--images", "."], /--count is of drawn digits/],
  ])("%j", async (args, says) => {
    await expect(open(args)).rejects.toThrow(says);
    await expect(open(args)).rejects.toThrow(/^[^\n]+$/);
  });

  test("a file that is no picture", async () => {
    const pictures = join(folder, "broken");
    await mkdir(pictures);
    await writeFile(join(pictures, "a.png"), "no picture");
    await expect(open(["--images", pictures])).rejects.toThrow(
      /a\.png is no picture that can be read/,
    );
  });
});

describe("on the marketplace, with a worker that lies", () => {
  async function buy(count: number, batch: number) {
    const args = ["--count", String(count), "--batch", String(batch), "--liar", "--json"];
    const { code, stdout, stderr } = await finish([
      ...args,
      "--out",
      join(folder, `market-${count}`),
    ]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  longTest.each([200, 10_000])("%i images: all right, and the liar is slashed", async (count) => {
    const report = await buy(count, count / 10);
    expect(report).toMatchObject({
      images: count,
      tasks: count,
      batches: 10,
      sameAsInProcess: true,
    });
    expect(BigInt(report.slashedWei)).toBeGreaterThan(0n);
    expect(report.disputeMoves).toBeGreaterThan(0);
    expect(report.accuracy).toBeGreaterThan(0.95);
    expect(report.agreement).toBeGreaterThan(0.99);
    const committed: MarketFigures = JSON.parse(await readFile(FIGURES, "utf8"));
    if (count !== committed.images) return;
    const { accuracy, accuracyInFloats, slashedWei } = committed;
    expect(report).toMatchObject({ accuracy, accuracyInFloats, slashedWei });
  });
});

longTest("training gives the committed model, to the bit", async () => {
  expect(Buffer.compare(trainDigits(), await readFile(MODEL))).toBe(0);
});
