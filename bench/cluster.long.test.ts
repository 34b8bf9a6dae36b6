import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCluster } from "./cluster.ts";

test("a cluster that is not left in peace loses no task, and is paid for none twice", async () => {
  const { report, folder } = await runCluster({ nodes: 4, ms: 60_000 });
  expect(report).toMatchObject({ nodes: 4, lost: 0, paidTwice: 0 });
  expect(report.tasks).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
});
