import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { startMarket } from "../test/contracts/market.ts";
import { type GasReport, measureGas } from "./gas.ts";

// Gas is deterministic, so what it is and what it may be are tests. `UPDATE_SNAPSHOT=1 vitest run bench` writes what it is now. The
// order in which solc lays out functions depends on which files it compiles together, and so do some hundred gas of a dispute: a build
// after a small change may differ from a whole one by that much, and is the same contract.
const TOLERANCE = 0.002;
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
    // A whole life of one task; Boundless: 143,567.
    ["fulfilFromOffer", 130_000],
    // The plain post and claim, and 45,000 and 30,000 more.
    ["postFromOffer", 105_105],
    ["claimAwarded", 69_578],
    ["relayedSubmitShare", 0.75],
    // Over the plain call. The aim was 12,000 each: `docs/decisions/0012-…` says what is in the way.
    ["signedPost", 23_000],
    ["signedClaim", 16_000],
    ["signedSubmit", 16_000],
    ["signedRelease", 16_000],
    ["signedWithdraw", 18_500],
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
    const snapshot: typeof measured = JSON.parse(await readFile(snapshotFile, "utf8"));
    const near = (value: unknown, other: unknown): unknown => {
      if (typeof value === "number" && typeof other === "number") {
        return Math.abs(value - other) <= TOLERANCE * other ? other : value;
      }
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [
          key,
          near(each, (other as Record<string, unknown> | undefined)?.[key]),
        ]),
      );
    };
    expect(near(measured, snapshot)).toEqual(snapshot);
  });
});

it("the Marketplace fits a contract", async () => {
  const market = await startMarket();
  const code = await market.client.getCode({ address: market.address });
  expect(((code?.length ?? 2) - 2) / 2).toBeLessThanOrEqual(24_576);
});
