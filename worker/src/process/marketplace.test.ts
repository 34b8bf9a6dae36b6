import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploymentIfKnown, knownMarketplace } from "./marketplace.ts";

const MARKETPLACE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const OTHER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const good = {
  ...{ marketplace: MARKETPLACE, jury: OTHER, randomness: OTHER },
  ...{ blockNumber: 7, confirmations: 2, later: "unknown" },
};

let folder: string;
let deployment: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-deployment-"));
  deployment = join(folder, "deployment.json");
});
afterAll(() => rm(folder, { recursive: true }));

const write = (entry: unknown) => writeFile(deployment, JSON.stringify({ 5151: entry }));

test("a file says where the Marketplace is, and an address goes before it", async () => {
  await write(good);
  expect(knownMarketplace(5151, { deployment })).toBe(MARKETPLACE);
  expect(knownMarketplace(5151, { deployment, marketplace: OTHER })).toBe(OTHER);
  expect(deploymentIfKnown(5151, { deployment })).toEqual({ ...good, blockNumber: 7n });
  expect(() => knownMarketplace(1, { deployment })).toThrow(
    /names no Marketplace on chain 1: name/,
  );
  expect(() => knownMarketplace(1)).toThrow(/No Marketplace is known on chain 1: give its address/);
});

test.each([
  [{ ...good, marketplace: "0x12" }, "has no address of the marketplace on chain 5151"],
  [{ ...good, jury: undefined }, "has no address of the jury on chain 5151"],
  [{ ...good, blockNumber: -1 }, "has no blockNumber for chain 5151"],
  [{ ...good, confirmations: "2" }, "has no confirmations for chain 5151"],
  [null, "has no address of the marketplace"],
])("%j is no deployment", async (entry, said) => {
  await write(entry);
  expect(() => knownMarketplace(5151, { deployment })).toThrow(said);
});

test.each([
  ["{", "is no JSON"],
  ["[]", "holds no object"],
  [" ".repeat(2 << 20), "is larger than 1 MiB"],
])("a file that is none is named", async (text, said) => {
  await writeFile(deployment, text);
  expect(() => knownMarketplace(5151, { deployment })).toThrow(
    expect.objectContaining({ code: "CONFIG", message: expect.stringContaining(said) }),
  );
});
