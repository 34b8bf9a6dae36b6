import { defineProgram } from "@assay/sdk/program";
import { expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { bytes, definePipeline, type Edge, planPipeline, text, value } from "../index.ts";

const number = value<number>("number");
const words = defineProgram({
  wasm: echo.wasm,
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes) => bytes.length,
});

test("types go along the edges, and a step that does not fit does not compile", () => {
  definePipeline("typed", (p) => {
    const pages = p.input("pages", text);
    const lengths: Edge<number> = p.program("lengths", pages, words);
    p.map("plain", lengths, bytes, (length) => new Uint8Array(length));
    p.reduce("sum", lengths, (all) => all.reduce((a, b) => a + b, 0));
    p.join("both", { pages, lengths }, text, ({ pages, lengths }) => pages.repeat(lengths));
    // @ts-expect-error a page is no number
    p.map("wrong", pages, number, (page) => page);
    // @ts-expect-error the program takes text
    p.program("lengthsOfLengths", lengths, words);
    // @ts-expect-error numbers reduce to a number
    p.reduce("words", lengths, (all) => all.join());
  });
});

test.each([
  [
    "a name twice",
    (p) => [p.input("a", text), p.input("a", text)],
    "Step a is defined twice: give one of them another name.",
  ],
  [
    "a name that is none",
    (p) => p.input("a b", text),
    'Step a b is no name for a step: use letters, digits, - and _, and not "epoch".',
  ],
  ["no input", () => {}, "The pipeline wrong has no input: add one."],
  [
    "an arity of 1",
    (p) => p.reduce("r", p.input("a", text), String, { arity: 1 }),
    "Step r has an arity of 1: give a whole number from 2 to 1024.",
  ],
  [
    "no tries",
    (p) => p.map("m", p.input("a", text), text, String, { onFailure: { retry: 0 } }),
    "Step m is tried 0 times again: give a whole number from 1 on.",
  ],
  [
    "a join of two fan-outs",
    (p) => {
      const a = p.input("a", text);
      const [b, c] = [p.flatMap("b", a, text, () => []), p.flatMap("c", a, text, () => [])];
      p.join("j", { b, c }, text, String);
    },
    "Step j joins c with items of another fan-out: reduce one of them first.",
  ],
  [
    "a fan-in per a step beside it",
    (p) => {
      const a = p.input("a", text);
      p.reduce(
        "r",
        p.flatMap("b", a, text, () => []),
        String,
        { per: p.flatMap("c", a, text, () => []) },
      );
    },
    "Step r gives one item for each of c, but b has no fan-out behind c.",
  ],
] as [string, Parameters<typeof definePipeline>[1], string][])(
  "%s is refused in one line",
  (_, build, line) => {
    expect(() => definePipeline("wrong", build)).toThrow(
      expect.objectContaining({ code: "PIPELINE_INVALID", message: line }),
    );
  },
);

test("an edge of another pipeline is refused", () => {
  let stolen: Edge<string> | undefined;
  definePipeline("one", (p) => {
    stolen = p.input("a", text);
  });
  expect(() =>
    definePipeline("other", (p) => void p.map("m", stolen as Edge<string>, text, String)),
  ).toThrow("Step m takes from a, which belongs to another pipeline.");
});

test("a plan says where, how many and what it costs at most, and opens no runner", async () => {
  const pipeline = definePipeline("planned", (p) => {
    const pages = p.input("pages", text);
    const lengths = p.program("lengths", pages, words, {
      runner: "market",
      limits: { maxSteps: 1_000n },
    });
    p.program(
      "again",
      p.flatMap("pieces", lengths, text, () => []),
      words,
      { runner: "market" },
    );
  });
  const open = () => {
    throw new Error("it was opened");
  };
  const runners = { market: { open, maxWeiPerTask: 7n } };
  const plan = await planPipeline(pipeline, { inputs: { pages: ["a", "b", "a"] }, runners });
  expect(plan).toMatchObject({ name: "planned", maxCostWei: 14n, isOpen: true });
  expect(plan.steps).toMatchObject([
    { name: "pages", isOpen: false },
    {
      name: "lengths",
      runner: "market",
      reused: 1,
      toRun: 2,
      isOpen: false,
      maxCostWei: 14n,
      limits: { maxSteps: 1_000n },
    },
    { name: "pieces", runner: undefined, toRun: 3, isOpen: false },
    { name: "again", runner: "market", toRun: 0, isOpen: true, maxCostWei: 0n },
  ]);
  const unknown = await planPipeline(pipeline, { runners });
  expect(unknown.steps[1]).toMatchObject({ toRun: 0, isOpen: true });
});
