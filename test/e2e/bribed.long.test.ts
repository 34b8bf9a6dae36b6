import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ROOT, startRun } from "./processes.ts";

const folder = await mkdtemp(join(tmpdir(), "assay-bribed-"));
afterAll(() => rm(folder, { recursive: true }));

test("a bribed jury pays a lie that one step of the task convicts", async () => {
  const main = join(ROOT, "examples/fire-detection/src/main.ts");
  const args = ["--json", "--tile", "128", "--liar", "bribes-the-jury", "--out", folder];
  const { ended, alive } = startRun(main, args);
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(alive()).toEqual([]);
  expect(stderr).toContain("2 of them bribed");
  expect(stderr).toMatch(/ruling +the worker is right; batch 0 is decided/);
  expect(stderr).toContain("The liar was paid 0.016 ETH for results that are wrong");
  expect(stderr).toMatch(/the chain carries out step [\d,]+: /);
  expect(stderr).toMatch(/ruling +the worker is wrong; batch \d is decided/);
  expect(JSON.parse(stdout)).toMatchObject({ tasks: 36, slashedWei: String(5n * 10n ** 15n) });
});
