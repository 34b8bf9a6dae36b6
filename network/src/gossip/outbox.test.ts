import type { JobHint } from "@assay/sdk";
import { expect, test } from "vitest";
import { createOutbox } from "./outbox.ts";

const hint = (i: number): JobHint => ({
  job: `0x${i.toString(16).padStart(64, "0")}`,
  block: BigInt(i),
});

test("the first hint is said at once, those after it together, 64 at a time", async () => {
  const said: number[] = [];
  const outbox = createOutbox(async (hints) => void said.push(hints.length));
  await Promise.all(Array.from({ length: 200 }, (_, i) => outbox.add(hint(i))));
  expect(said).toEqual([1, 64, 64, 64, 7]);
  outbox.close();
});

test("a job's later block stands for its earlier one", async () => {
  const said: JobHint[] = [];
  const outbox = createOutbox(async (hints) => void said.push(...hints));
  const { job } = hint(2);
  const last = { job, block: 9n };
  await Promise.all([outbox.add(hint(1)), outbox.add(hint(2)), outbox.add(last)]);
  expect(said).toEqual([hint(1), last]);
  outbox.close();
});

test("who said a hint hears that it failed, and the next one is said", async () => {
  let fails = true;
  const outbox = createOutbox(async () => {
    if (fails) throw new Error("nobody there");
  });
  await expect(outbox.add(hint(1))).rejects.toThrow("nobody there");
  fails = false;
  await outbox.add(hint(2));
  outbox.close();
});

test("closing it leaves nobody waiting", async () => {
  const outbox = createOutbox(async () => {});
  await outbox.add(hint(1));
  const waiting = outbox.add(hint(2));
  outbox.close();
  await waiting;
});
