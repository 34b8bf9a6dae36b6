import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { truthOf } from "./liars.ts";
import { deployHarness } from "./onChain.ts";
import { exampleOf } from "./pageExample.ts";

// The page's example is carried out: every hash in it is what the machine and the contracts come to.

const page = await readFile(join(import.meta.dirname, "../../../docs/proof.md"), "utf8");

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

test("the example has the states and moves that the page shows", async () => {
  const [program = ""] = blocks("wat");
  const example = exampleOf(program);
  expect(blocks("text")).toEqual(example.blocks);

  const { course, disputed } = example;
  const step = course.proofs[disputed - 1] as (typeof course.proofs)[number];
  expect(page).toContain(`shows the chain ${step.witness.length} bytes`);
  expect(page).toContain(`The whole task is ${course.proofs.length} steps`);
  const { stepsPerFuel, slack } = course.task.machine;
  const bound = BigInt(stepsPerFuel) * course.task.maxFuel + slack + 512n;
  expect(page).toContain(`at most ${bound.toLocaleString("en")} steps`);
  const chain = await deployHarness();
  const [answer] = await chain.next(course.task.machine, course.task, [step]);
  expect(answer?.next).toBe(truthOf(course)(disputed));
  expect(answer?.next).toBe(bytesToHex(step.after));
});
