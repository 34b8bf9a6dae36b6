import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { isLong, variants } from "../../../test/fixtures/long.ts";
import { GRAPHS, operatorCase, randomCase } from "./cases.ts";
import { expectAnswer } from "./expectAnswer.ts";
import { type Answer, answersOf, hasPython, PYTHON } from "./prepare.ts";

const SEED = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

const committed: Record<string, { integers: string; floats: string }> = JSON.parse(
  await readFile(new URL("fixtures/vectors.json", import.meta.url), "utf8"),
);

/** What NumPy and onnxruntime said when `vectors.ts` was run. */
function answerOf(name: string): Answer {
  const { integers = "", floats = "" } = committed[name] ?? {};
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
  return {
    integers: new Int8Array(bytes(integers).buffer),
    floats: new Float32Array(bytes(floats).buffer),
  };
}

describe("programs give NumPy's integers, within their bound of onnxruntime's floats", () => {
  test("every operator, layer by layer", async () => {
    const worstShare = await expectAnswer(operatorCase(), answerOf("operators"));
    // A bound that says much more than what happens would say nothing.
    expect(worstShare).toBeGreaterThan(0.5);
  });

  const seeds = Array.from({ length: GRAPHS }, (_, i) => i + 1);
  test.each(variants(seeds))("random graph %i", async (seed) => {
    await expectAnswer(randomCase(seed), answerOf(`random-${seed}`));
  });
});

describe(`the same for new graphs, asked now (TEST_SEED=${SEED})`, () => {
  beforeEach((context) => {
    if (!hasPython()) {
      context.skip(`${PYTHON} has no numpy and onnxruntime: pip install numpy onnxruntime`);
    }
  });

  test("NumPy and onnxruntime agree", async () => {
    const cases = Array.from({ length: isLong ? 25 : 1 }, (_, i) => randomCase(SEED + i));
    const answers = await answersOf(cases);
    for (const prepared of cases) {
      const answer = answers.get(prepared.name);
      if (answer === undefined) expect.unreachable(`${prepared.name} has no answer`);
      await expectAnswer(prepared, answer);
    }
  });
});
