import type { Duplex } from "node:stream";
import { MAX_DEPTH } from "@assay/sdk/program";
import { afterEach, expect, test } from "vitest";
import { echo, endless } from "../../../test/fixtures/programs.ts";
import { ampleLimits } from "../../test/executors.ts";
import { startChild, whenGone } from "./childProcess.ts";
import { encodeOrders, type OrderToSend } from "./orders.ts";
import { createReplyReader, type Reply } from "./replies.ts";

const child = startChild("ignore");
afterEach(async () => {
  const gone = whenGone(child, () => {});
  child.kill("SIGKILL");
  await gone;
});

test("a reply that is held back goes before another program's task begins", async () => {
  const input = Uint8Array.of(1, 2, 3);
  const task = (program: number): OrderToSend => ({
    type: "task",
    ...{ id: program, program, payload: input, inputBytes: 3, inputAt: 0 },
    ...{ ...ampleLimits, maxSteps: 2n ** 62n, maxDepth: MAX_DEPTH, limitMs: 600_000 },
  });
  const replies: Reply[] = [];
  const reader = createReplyReader(
    () => 100,
    (reply) => replies.push(reply),
  );
  const channel = child.stdio[3] as Duplex;
  channel.on("data", (chunk: Uint8Array) => reader.push(chunk));
  await expect.poll(() => replies.length).toBe(1); // it is ready

  const orders: OrderToSend[] = [
    { type: "load", program: 1, payload: echo.instrumented },
    { type: "load", program: 2, payload: endless.instrumented },
    task(1),
    task(2),
  ];
  const chunks = encodeOrders(orders);
  expect(chunks.length).toBe(1); // one write, which the child has at hand as one
  for (const chunk of chunks) channel.write(chunk);
  await expect.poll(() => replies[1]).toMatchObject({ type: "ok", id: 1, payload: input });
});
