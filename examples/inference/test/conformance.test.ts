import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { openModel } from "../src/cli/openModel.ts";
import { evaluate } from "../src/evaluate/evaluate.ts";
import { at } from "../src/graph/tensors.ts";
import { OPERATORS } from "../src/layers/operators.ts";
import { ModelError } from "../src/onnx/modelError.ts";
import { PYTHON } from "./prepare.ts";

const hasOnnx = spawnSync(PYTHON, ["-c", "import onnx.backend.test"]).status === 0;
const SCRIPT = fileURLToPath(new URL("reference/conformance.py", import.meta.url));

describe("ONNX's own tests of single operators", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-onnx-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  longTest("each is refused by name, or right", async (context) => {
    if (!hasOnnx) return context.skip(`${PYTHON} has no onnx: pip install onnx`);
    const { status, stdout, stderr } = spawnSync(
      PYTHON,
      [SCRIPT, folder, ...Object.keys(OPERATORS)],
      { encoding: "utf8", maxBuffer: 1 << 28 },
    );
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    let right = 0;
    for (const line of stdout.trim().split("\n")) {
      const { name, input, output } = JSON.parse(line);
      // A model is refused in one line, or computes what ONNX says.
      const graph = await openModel(join(folder, `${name}.onnx`)).catch((error) => {
        if (!(error instanceof ModelError)) throw error;
        expect(error.message, name).toMatch(/^[^\n]+$/);
        return undefined;
      });
      if (graph === undefined) continue;
      const found = at(evaluate(graph, Float64Array.from(input)), at(graph.outputs, 0).tensor);
      expect(found.length, name).toBe(output.length);
      found.forEach((value, i) => {
        expect(Math.abs(value - output[i]), `${name}, value ${i}`).toBeLessThan(
          1e-5 * (1 + Math.abs(output[i])),
        );
      });
      right++;
    }
    expect(right).toBeGreaterThan(45);
  });
});
