import { createMarketClient } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { type Browser, chromium, type Page } from "playwright-core";
import { bytesToHex, type HDAccount, type Hex, http } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startChain, type TestChain } from "../fixtures/chain.ts";
import { bundle } from "./bundle.ts";
import { CHROMIUM } from "./chromium.ts";
import { digestsOf, type Order } from "./page.ts";

/** Most bytes that an entry may take, compressed: what sdk/README.md promises. */
const KB = 1_000;
const BUDGETS = [
  { entry: "@assay/sdk", external: ["viem"], budget: 120 * KB },
  { entry: "@assay/sdk/protocol", external: [], budget: 30 * KB },
  { entry: "@assay/sdk/program", external: [], budget: 25 * KB },
];

test.each(BUDGETS)(
  "$entry takes no more than $budget bytes",
  async ({ entry, external, budget }) => {
    const { gzipBytes, modules } = await bundle(`export * from "${entry}";`, { external });
    const without = external.length > 0 ? ` without ${external.join(", ")}` : "";
    console.log(`${entry}${without}: ${(gzipBytes / KB).toFixed(1)} kB with gzip`);
    expect(gzipBytes).toBeLessThanOrEqual(budget);
    expect(modules.filter((path) => /@napi-rs|native\.ts$|\/compile\//.test(path))).toEqual([]);
  },
);

test("what compiles programs is for Node alone", async () => {
  await expect(bundle('export * from "@assay/sdk/compile";')).rejects.toThrow("node:");
});

describe("in Chromium", () => {
  beforeEach((context) => {
    if (CHROMIUM === undefined) context.skip("no chromium is on the PATH");
  });

  let browser: Browser | undefined;
  let page: Page;
  let chain: TestChain | undefined;
  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    const { code } = await bundle('import * as page from "./page.ts"; globalThis.assay = page;');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.setDefaultTimeout(240_000);
    await page.addScriptTag({ content: code, type: "module" });
    await page.waitForFunction("globalThis.assay !== undefined");
    chain = await startChain();
  });
  afterAll(async () => {
    await browser?.close();
    await chain?.stop();
  });

  /** Calls a function of page.ts there. */
  const inPage = (name: string, argument: unknown) =>
    page.evaluate(`globalThis.assay.${name}(${JSON.stringify(argument)})`);

  test("BLAKE3 gives Node's digests", async () => {
    const lengths = [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 2 ** 20];
    expect(await inPage("digestsOf", lengths)).toEqual(digestsOf(lengths));
  });

  test("a page posts a job, and has its results verified", async () => {
    if (chain === undefined) throw new Error("there is no chain");
    const { rpcUrl, marketplace } = chain;
    const program = await compileProgram({
      source: "export function main(input: Uint8Array): Uint8Array { return input.reverse(); }",
    });
    const order: Order = {
      ...{ rpcUrl, marketplace, program: [...program], inputs: ["hello", "from", "a page"] },
      ...{ requesterKey: keyOf(chain.accounts[1]), workerKey: keyOf(chain.accounts[2]) },
    };
    const { jobId, results } = (await inPage("buyWork", order)) as {
      jobId: Hex;
      results: string[];
    };
    expect(results).toEqual(["olleh", "morf", "egap a"]);

    // The chain has it too, seen from Node.
    const reader = createMarketClient({ chain: chain.chain, transport: http(rpcUrl), marketplace });
    const { terms } = await reader.openJob({ jobId });
    expect(terms).toMatchObject({ requester: chain.accounts[1]?.address, taskCount: 3 });
    expect(await reader.getBatches({ jobId, count: 1 })).toMatchObject([
      { worker: chain.accounts[2]?.address },
    ]);
  });
});

function keyOf(account: HDAccount | undefined): Hex {
  return bytesToHex(account?.getHdKey().privateKey ?? new Uint8Array());
}
