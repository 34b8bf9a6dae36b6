import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oneLine } from "../../shared/src/commandLine/oneLine.ts";
import { fold } from "../src/graph/fold.ts";
import { ImageError } from "../src/images/imageError.ts";
import { checkImages, readImages } from "../src/images/readImages.ts";
import { buildGraph } from "../src/layers/buildGraph.ts";
import { ModelError } from "../src/onnx/modelError.ts";
import { readModel } from "../src/onnx/readModel.ts";
import { type ModelSpec, type NodeSpec, writeModel } from "../src/onnx/writeModel.ts";

// Small files that stand for more than a machine has: each is refused before it is made.

const node = (op: string, rest: Partial<NodeSpec> = {}): NodeSpec => ({
  op,
  inputs: ["x"],
  output: "y",
  ...rest,
});
const image: ModelSpec = { shape: [1, 3, 8, 8], nodes: [node("Relu")] };
const zeros = (...dims: number[]) => ({
  dims,
  values: new Float32Array(dims.reduce((a, b) => a * b, 1)),
});
const ones = (count: number) => ({
  dims: [count],
  values: new Int8Array(count).fill(1),
  integer: true,
});
/** So many nodes one after another. */
const chain = (count: number, op: string, rest: Partial<NodeSpec> = {}): NodeSpec[] =>
  Array.from({ length: count }, (_, i) => {
    const [, ...others] = rest.inputs ?? [];
    const inputs = [i === 0 ? "x" : `t${i - 1}`, ...others];
    return { ...node(op, rest), inputs, output: `t${i}` };
  });

/** A field of protobuf's that holds bytes. */
function field(id: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let left = bytes.length; ; left >>>= 7) {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    if (left <= 127) break;
  }
  return Buffer.concat([Uint8Array.of((id << 3) | 2), Uint8Array.from(length), bytes]);
}
const repeated = (count: number, ...bytes: number[]) =>
  Buffer.alloc(count * bytes.length, Uint8Array.from(bytes));
/** A file with these bytes in its graph, behind those of a good one. */
const withGraph = (...parts: Uint8Array[]) =>
  Buffer.concat([writeModel(image), field(7, Buffer.concat(parts))]);
const MANY = 300_000;
const VERY_MANY = 4_100_000;
const [NODE, INITIALIZER, INPUT] = [1, 5, 11];

function refusalOf(bytes: Uint8Array): ModelError {
  try {
    fold(buildGraph(readModel(bytes)));
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  return expect.unreachable("the model has to be refused");
}

describe("a model that asks for more than there is is refused in one line", () => {
  const parts = /^The file has more nodes, attributes and single numbers than .*: export it again/;
  test.each<[what: string, bytes: () => Uint8Array, says: RegExp]>([
    ["nodes of nothing", () => withGraph(repeated(MANY, (NODE << 3) | 2, 0)), parts],
    ["attributes of nothing", () => withGraph(field(NODE, repeated(MANY, (5 << 3) | 2, 0))), parts],
    ["weights of nothing", () => withGraph(repeated(MANY, (INITIALIZER << 3) | 2, 0)), parts],
    [
      "integers of a byte",
      () => withGraph(field(INITIALIZER, field(7, repeated(VERY_MANY, 1)))),
      parts,
    ],
    ["dimensions", () => withGraph(field(INITIALIZER, field(1, repeated(VERY_MANY, 1)))), parts],
    [
      "dimensions of the input",
      () => withGraph(field(INPUT, field(2, field(1, field(2, repeated(MANY, (1 << 3) | 2, 0)))))),
      parts,
    ],
    ["opsets", () => Buffer.concat([writeModel(image), repeated(MANY, (8 << 3) | 2, 0)]), parts],
    [
      "a length beyond the file",
      () => Uint8Array.of((7 << 3) | 2, 255, 255, 255, 255, 7),
      /no ONNX model, or was cut short/,
    ],
    ["groups in groups", () => repeated(1_000_000, 0x1b), /no ONNX model, or was cut short/],
    [
      "weights of nine dimensions",
      () => writeModel({ ...image, constants: { w: zeros(1, 1, 1, 1, 1, 1, 1, 1, 1) } }),
      /"w" has 9 dimensions, and a tensor has at most 8/,
    ],
    [
      "Unsqueeze without end",
      () =>
        writeModel({
          ...image,
          constants: { a: ones(100_000) },
          nodes: [node("Unsqueeze", { inputs: ["x", "a"] })],
        }),
      /makes a tensor of 100004 dimensions, and there are at most 8/,
    ],
    [
      "Reshape without end",
      () =>
        writeModel({
          ...image,
          constants: { s: ones(100_000) },
          nodes: [node("Reshape", { inputs: ["x", "s"] })],
        }),
      /makes a tensor of 100000 dimensions/,
    ],
    [
      "many large tensors",
      () => writeModel({ shape: [1, 1, 1_024, 1_024], nodes: chain(70, "Sigmoid") }),
      /^The tensors up to "t63" have more than 67108864 values together: use smaller images/,
    ],
    [
      "the same weights again and again",
      () =>
        writeModel({
          shape: [1, 1_024],
          constants: { w: zeros(1_024, 1_024) },
          nodes: chain(100, "Gemm", { inputs: ["x", "w"] }),
        }),
      /bytes or more, and a program has room for 8388608: use a smaller model/,
    ],
    [
      "large averages of little",
      () =>
        writeModel({
          shape: [1, 1, 1, 1],
          nodes: chain(100, "AveragePool", {
            attributes: { kernel_shape: [256, 256], pads: [255, 255, 0, 0] },
          }),
        }),
      /bytes or more, and a program has room for/,
    ],
    [
      "long rows, resized again and again",
      () =>
        writeModel({
          shape: [1, 1, 1, 16_384],
          constants: { s: { dims: [4], values: [1, 1, 1, 1] } },
          nodes: chain(100, "Resize", { inputs: ["x", "", "s"] }),
        }),
      /bytes or more, and a program has room for/,
    ],
    [
      "one constant for each of many rows",
      () =>
        writeModel({
          shape: [1, 1, 1_024, 1_024],
          constants: { c: zeros(1_024) },
          nodes: [node("Add", { inputs: ["x", "c"] })],
        }),
      /bytes or more, and a program has room for/,
    ],
    [
      "one long row",
      () =>
        writeModel({
          shape: [1, 1, 2 ** 20, 1],
          nodes: [node("MaxPool", { attributes: { kernel_shape: [1, 1] } })],
        }),
      /of at most 65536 rows and columns/,
    ],
    [
      "images that leave no room for a task",
      () => writeModel({ ...image, shape: [1, 3, 2_048, 2_048] }),
      /pages of memory or more, and a program has 16384: use smaller images/,
    ],
  ])("%s", (_, bytes, says) => {
    const { message } = refusalOf(bytes());
    expect(message).toMatch(says);
    expect(message).toMatch(/^[^\n]{20,600}$/);
  });

  test("names of any length and with a terminal's commands", () => {
    const named = (name: string) =>
      writeModel({ ...image, nodes: [node("Gelu")] }, (model) => {
        for (const one of model.graph.node) one.name = name;
      });
    const says = (name: string) => refusalOf(named(name)).message;
    expect(says("n".repeat(1_000_000))).toMatch(/^Gelu "n+…n+": the operator .* There are Add, /);
    expect(says("a\n\u001b[2Jb")).toMatch(/^Gelu "a\?\?\[2Jb": the operator Gelu/);
    expect(oneLine(`${"x".repeat(5_000)}: give another.`)).toMatch(/^x+…x+: give another\.$/);
  });
});

describe("pictures", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-hostile-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const size = { channels: 1, rows: 8, columns: 8 };
  const read = (name: string) => readImages(folder, [name], { size }).next();

  function png(width: number, height: number, depth: number): Uint8Array {
    const piece = (name: string, data: Uint8Array) => {
      const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
      const ends = Buffer.alloc(8);
      ends.writeUInt32BE(data.length, 0);
      ends.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head[8] = depth;
    const rows = Buffer.alloc(height * (1 + Math.ceil((width * depth) / 8)));
    return Buffer.concat([
      Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
      piece("IHDR", head),
      piece("IDAT", deflateSync(rows, { level: 1 })),
      piece("IEND", new Uint8Array()),
    ]);
  }

  test.each<[what: string, name: string, bytes: Uint8Array]>([
    ["of more pixels than allowed", "large.png", png(12_000, 9_000, 1)],
    [
      "a drawing",
      "drawing.png",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'),
    ],
    [
      "no picture, with a terminal's commands in its name",
      "a\n\u001b[31m.png",
      Buffer.from("none"),
    ],
    ["nothing", "empty.png", new Uint8Array()],
  ])("%s", async (_, name, bytes) => {
    await writeFile(join(folder, name), bytes);
    await expect(read(name)).rejects.toThrow(ImageError);
    await expect(read(name)).rejects.toThrow(
      /^\P{C}+ is no picture that can be read\P{C}+take it away\.$/u,
    );
  });

  test.each<[format: string, encode: (canvas: Canvas) => Buffer]>([
    ["PNG", (canvas) => canvas.toBuffer("image/png")],
    ["JPEG", (canvas) => canvas.toBuffer("image/jpeg")],
    ["WebP", (canvas) => canvas.toBuffer("image/webp")],
    ["AVIF", (canvas) => canvas.toBuffer("image/avif")],
  ])("a %s that was cut short, which decoders complete with black", async (_, encode) => {
    const canvas = createCanvas(64, 64);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 64; i++) {
      context.fillStyle = `rgb(${i * 4}, ${255 - i * 4}, ${(i * 37) % 256})`;
      context.fillRect(i, 0, 1, 64 - i / 2);
    }
    const whole = encode(canvas);
    await writeFile(join(folder, "whole.png"), whole);
    expect((await read("whole.png")).value?.planes).toHaveLength(64);
    for (const part of [0.98, 0.5]) {
      const name = `cut-${part}.png`;
      await writeFile(join(folder, name), whole.subarray(0, whole.length * part));
      await expect(read(name)).rejects.toThrow(ImageError);
    }
  });

  test("a folder with a picture's name", async () => {
    await mkdir(join(folder, "folder.png"));
    await expect(read("folder.png")).rejects.toThrow(/folder\.png is no picture that can be read/);
  });

  test("more than memory holds, and sides that no canvas has, are refused before any is read", () => {
    const model = { channels: 3, rows: 224, columns: 224 };
    expect(() => checkImages(10_000, model)).not.toThrow();
    expect(() => checkImages(20_000, model)).toThrow(/: run on 14266 at a time\.$/);
    expect(() => checkImages(1, { channels: 1, rows: 1, columns: 20_000 })).toThrow(
      /images of 1 × 20000, and at most 16384 rows and columns/,
    );
  });
});
