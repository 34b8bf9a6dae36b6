import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { startMarket } from "../test/contracts/market.ts";
import { type GasReport, measureGas } from "./gas.ts";

// Gas is deterministic, so what it is and what it may be are tests. `UPDATE_SNAPSHOT=1 vitest run bench` writes what it is now.
const snapshotFile = fileURLToPath(new URL("gas.snapshot.json", import.meta.url));
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);

let report: GasReport;
beforeAll(async () => {
  report = await measureGas();
}, 120_000);

describe("gas", () => {
  it.each([
    ["singleTaskNative", 200_000],
    ["singleTaskErc20", 250_000],
    ["perTask10k", 20],
    ["perTask10k10Batches", 150],
    ["juryDispute", 900_000],
  ] as const)("%s is at most %i", (figure, most) => {
    expect(report.figures[figure]).toBeLessThanOrEqual(most);
  });

  it("settling 100 batches at once costs at most 25,000 a batch", () => {
    expect(report.settlePerBatch).toBeLessThanOrEqual(25_000);
  });

  it("is what the snapshot says", async () => {
    const measured = JSON.parse(JSON.stringify(report, plain));
    if (process.env.UPDATE_SNAPSHOT) {
      await writeFile(snapshotFile, `${JSON.stringify(measured, null, 2)}\n`);
    }
    expect(measured).toEqual(JSON.parse(await readFile(snapshotFile, "utf8")));
  });
});

it("the Marketplace fits a contract", async () => {
  const market = await startMarket();
  const code = await market.client.getCode({ address: market.address });
  expect(((code?.length ?? 2) - 2) / 2).toBeLessThanOrEqual(24_576);
});
