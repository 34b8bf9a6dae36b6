import { servePages } from "@assay/explorer";
import { createProofClient, Ruling } from "@assay/sdk";
import { chromium } from "playwright-core";
import type { Address } from "viem";
import { expect, test } from "vitest";
import { startUi } from "../../worker/src/observe/ui.ts";
import { disputesOn } from "../../worker/test/disputes.ts";
import { marketForAllTests } from "../../worker/test/market.ts";
import { next, type Requester } from "../../worker/test/network.ts";
import { defending, wrongByte } from "../../worker/test/proof.ts";
import type { TestChain } from "../fixtures/chain.ts";
import { CHROMIUM } from "./chromium.ts";
import { expectAccessible, openPage, visit } from "./explorerPage.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
let proof: Address;
const started = marketForAllTests((market) => {
  ({ chain, requester, jury, proof } = market);
});
const { mineBlocks, post, start } = disputesOn(() => ({
  ...{ chain, requester, jury, proof, started },
}));

/** The only account whose wallet the page has, and whose node makes the moves. */
const CHALLENGER = 3;

test("a lie is challenged from the page, played by the account's node down to one instruction, and slashed, before one's eyes", async ({
  skip,
}) => {
  if (CHROMIUM === undefined) return skip("no chromium is on the PATH");
  mineBlocks();
  const liar = await start({ account: 2, ...defending(wrongByte, 0.6) });
  const submitted = next(liar, "batch submitted");
  // With so many steps, the worker makes the last move, and the challenger has to prove.
  const { jobId } = await post({ maxSteps: 2n * 10n ** 9n });
  await submitted;
  const node = await start({ account: CHALLENGER, policy: { minRewardPerTaskWei: 1_000n } });

  const server = await servePages({
    ...{ host: "127.0.0.1", port: 0, page: "explorer", content: requester.peer.content },
    config: { rpc: chain.rpcUrl, marketplace: chain.marketplace, jury, gateway: "" },
  });
  started.add(() => server.close());
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  started.add(() => browser.close());
  const { address: account = "0x" } = chain.accounts[CHALLENGER] ?? {};
  const { page, problems } = await openPage(browser, {
    ...{ url: server.url, rpcUrl: chain.rpcUrl, account },
  });
  await visit(page, `#/jobs/${jobId}/tasks/1`);
  await page.getByRole("button", { name: "Run it here" }).click();
  await page.getByText("Something else came out here").waitFor();
  // Without a node the page does not let one lose a bond.
  const challenge = page.getByRole("button", { name: "Challenge the result" });
  expect(await challenge.count()).toBe(0);
  await page.getByLabel(/A node of my account runs/).check();
  await page.getByRole("button", { name: "Connect" }).click();
  await challenge.click();
  await page.getByRole("heading", { name: "Dispute" }).waitFor();
  await page.getByText("The ProofArbiter opened the game").waitFor();
  await page.getByText("The worker named 16 states of the task").waitFor();
  await page
    .getByText(/The challenger disputed state \d+/)
    .first()
    .waitFor();
  await page.getByText("One instruction was carried out on chain: the worker is wrong").waitFor();
  await page.getByText("Stake lost by wrong workers").waitFor();
  await expectAccessible(page);

  const [, id = ""] = /disputes\/(0x[\da-f]{64})/.exec(page.url()) ?? [];
  const games = createProofClient(requester.market, proof);
  const game = await games.getGame({ id: id as `0x${string}` });
  expect(game).toMatchObject({ stage: "over", ruling: Ruling.workerWrong });

  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate("document.scrollingElement.scrollWidth")).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await visit(page, `#/jobs/${jobId}`);
  await page.getByText("Closes: nothing is missing").waitFor();
  expect(problems).toEqual([]);

  const own = await startUi(
    { host: "127.0.0.1", port: 0 },
    { readStatus: node.status, peer: () => node.peer, version: "1.2.3" },
  );
  started.add(() => own.close());
  const ownPage = await openPage(browser, { url: own.url, rpcUrl: chain.rpcUrl, account });
  await ownPage.page.getByText("Asks for a task, at least").waitFor();
  await ownPage.page.getByText("1,000 wei").waitFor();
  await expectAccessible(ownPage.page);
  expect(ownPage.problems).toEqual([]);
});
