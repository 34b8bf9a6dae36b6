import { readFile } from "node:fs/promises";
import { STEP_GAS } from "@assay/sdk";
import { expect, test } from "vitest";

interface Snapshot {
  jobs: Record<string, { claim: number; submit: number; settle: number }>;
}

test("the gas that is kept in reserve is enough for what the transactions were measured to use", async () => {
  const file = new URL("../../../bench/gas.snapshot.json", import.meta.url);
  const { jobs }: Snapshot = JSON.parse(await readFile(file, "utf8"));
  for (const [name, gas] of Object.entries(jobs)) {
    const batches = BigInt(/(\d+) batches$/.exec(name)?.[1] ?? 1);
    for (const step of ["claim", "submit", "settle"] as const) {
      const limit = (BigInt(gas[step]) * 120n) / 100n / batches;
      expect(STEP_GAS[step], `${step} of ${name}`).toBeGreaterThanOrEqual(limit);
    }
  }
});
