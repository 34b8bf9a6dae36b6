import { chromium } from "playwright-core";
import { createTestClient, http } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { afterEach, expect, test } from "vitest";
import { startedThings } from "../../worker/test/network.ts";
import { assayDev } from "../e2e/assayDev.ts";
import { echo } from "../fixtures/programs.ts";
import { CHROMIUM } from "./chromium.ts";
import { expectAccessible, openPage, visit } from "./explorerPage.ts";

const started = startedThings();
afterEach(() => started.end());

test("in the pages of assay dev a job is posted with a wallet and watched, without a reload, until its workers are paid", async ({
  skip,
}) => {
  if (CHROMIUM === undefined) return skip("no chromium is on the PATH");
  const { environment, explorer } = await assayDev(started, "--workers", "2", "--jurors", "0");
  const { ASSAY_RPC: rpcUrl = "", ASSAY_PRIVATE_KEY: key = "" } = environment;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  started.add(() => browser.close());
  const account = privateKeyToAddress(key as `0x${string}`);
  const { page, problems } = await openPage(browser, { url: explorer, rpcUrl, account });

  await visit(page, "#/post");
  const buffer = Buffer.from(echo.wasm);
  await page
    .getByLabel("Program")
    .setInputFiles({ name: "echo.wasm", mimeType: "application/wasm", buffer });
  await page.getByLabel("Inputs").fill("from\na\nbrowser");
  await page.getByLabel("Tasks in a batch").fill("1");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("button", { name: "Post the job" }).click();
  await page.waitForURL(/#\/jobs\/0x[\da-f]{64}$/);
  for (const batch of [0, 1, 2]) {
    await page.getByRole("link", { name: `Batch ${batch}: In its window` }).waitFor();
  }
  const chain = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  await chain.increaseTime({ seconds: 601 });
  await chain.mine({ blocks: 1 });
  await page.getByText("3 of 3 batches paid").waitFor();
  await page.getByText("Closes: nothing is missing").waitFor();
  await page.getByRole("link", { name: "Batch 2: Paid" }).click();
  await page.getByRole("link", { name: "2", exact: true }).click();
  await page.getByRole("heading", { name: "Result" }).waitFor();
  await page.getByText("browser").nth(1).waitFor();
  await page.getByRole("button", { name: "Run it here" }).click();
  await page.getByText("The same came out here").waitFor();
  await expectAccessible(page);

  await visit(page, "#/network");
  await expect.poll(() => page.getByRole("row").count()).toBeGreaterThanOrEqual(3);
  expect(problems).toEqual([]);
});
