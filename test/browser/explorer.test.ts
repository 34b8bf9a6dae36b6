import { gzipSync } from "node:zlib";
import { type PagesServer, readSite, servePages } from "@assay/explorer";
import { putBytes, Ruling } from "@assay/sdk";
import { type Browser, chromium } from "playwright-core";
import { getAddress, zeroAddress } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lie, startDisputes, type TestDisputes, WINDOW_SECONDS } from "../fixtures/disputes.ts";
import { workBatch } from "../fixtures/market.ts";
import { CHROMIUM } from "./chromium.ts";
import { expectAccessible, type OpenedPage, openPage, visit } from "./explorerPage.ts";

/** Most that the explorer may take to load, compressed, its font included. */
const BUDGET_BYTES = 250_000;

test("the explorer loads no more than 250 kB", async () => {
  const site = await readSite();
  const loaded = new Set<string>();
  const load = (name: string) => {
    const bytes = site.get(name);
    if (bytes === undefined || loaded.has(name)) return;
    loaded.add(name);
    // What is imported at once; what is imported later is written import("…").
    const text = Buffer.from(bytes).toString();
    for (const [, file = ""] of text.matchAll(/(?:from|import|href=|src=)"(?:\.\/)?([\w.-]+)"/g))
      load(file);
    for (const [, file = ""] of text.matchAll(/url\("?\.?\/?([\w.-]+\.woff2)/g)) load(file);
  };
  load("index.html");
  expect([...loaded]).toEqual(
    expect.arrayContaining(["index.js", "index.css", "inter-latin-wght-normal.woff2"]),
  );
  const bytes = [...loaded].reduce((sum, name) => sum + gzipSync(site.get(name) ?? "").length, 0);
  console.log(`the explorer: ${(bytes / 1_000).toFixed(1)} kB with gzip in ${loaded.size} files`);
  expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
});

describe("in Chromium", () => {
  beforeEach((context) => {
    if (CHROMIUM === undefined) context.skip("no chromium is on the PATH");
  });

  let browser: Browser;
  let disputes: TestDisputes;
  let server: PagesServer;
  let opened: OpenedPage | undefined;
  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    disputes = await startDisputes();
    const { chain, content } = disputes.market;
    server = await servePages({
      ...{ host: "127.0.0.1", port: 0, page: "explorer", content },
      config: {
        ...{ rpc: chain.rpcUrl, marketplace: chain.marketplace, jury: disputes.jury },
        ...{ gateway: "", canStore: true },
      },
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  afterEach(async () => {
    await opened?.page.close();
    opened = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await disputes?.[Symbol.asyncDispose]();
  });

  async function open(accountIndex: number, width?: number): Promise<OpenedPage> {
    const { chain } = disputes.market;
    const account = chain.accounts[accountIndex]?.address ?? zeroAddress;
    const page = { url: server.url, rpcUrl: chain.rpcUrl, account };
    opened = await openPage(browser, width === undefined ? page : { ...page, width });
    return opened;
  }

  test("a job is posted with a wallet, and watched until it is paid", async () => {
    const { chain, workers, requester } = disputes.market;
    const { page, problems } = await open(1);
    await visit(page, "#/post");
    const program = { name: "program.wasm", mimeType: "application/wasm" };
    await page
      .getByLabel("Program")
      .setInputFiles({ ...program, buffer: Buffer.from(disputes.program) });
    await page.getByLabel("Inputs").fill("one\ntwo\nthree");
    await page.getByLabel("Tasks in a batch").fill("2");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("button", { name: "Post the job" }).click();
    await page.waitForURL(/#\/jobs\/0x[\da-f]{64}$/);
    const [jobId] = /0x[\da-f]{64}$/.exec(page.url()) ?? [];
    const job = await requester.openJob({ jobId: jobId as `0x${string}` });
    expect(job.terms).toMatchObject({
      taskCount: 3,
      batchSize: 2,
      arbiter: getAddress(disputes.jury),
    });

    await page.getByText("0 of 2 batches paid").waitFor();
    await workBatch(workers[0], job, 0);
    await workBatch(workers[1], job, 1);
    await page.getByRole("link", { name: "Batch 1: In its window" }).waitFor();
    await chain.increaseTime(WINDOW_SECONDS + 1);
    await workers[0].settle({ terms: job.terms, batches: [0, 1] });
    await page.getByText("2 of 2 batches paid").waitFor();
    await page.getByText("Closes: nothing is missing").waitFor();
    await page.getByRole("link", { name: "Batch 0: Paid" }).click();
    await page.getByRole("link", { name: "1", exact: true }).click();
    await page.getByText("owt").first().waitFor();
    expect(problems).toEqual([]);
  });

  test("a lie is found in the page, challenged with a wallet, and its worker is slashed", async () => {
    const { chain, workers, requester } = disputes.market;
    const job = await disputes.post();
    await workBatch(workers[0], job, 0, lie);
    const { page, problems } = await open(1);
    await visit(page, `#/jobs/${job.jobId}/tasks/1`);
    await page.getByRole("button", { name: "Run it here" }).click();
    await page.getByText("Something else came out here").waitFor();
    await page.getByRole("button", { name: "Connect" }).click();
    await chain.increaseTime(1);
    await page.getByRole("button", { name: "Challenge the result" }).click();
    await page.getByText("Confirm the challenge in your wallet").waitFor();
    await chain.increaseTime(1);
    await page.getByRole("heading", { name: "Dispute" }).waitFor();
    await page.getByText("Jurors are being drawn").waitFor();

    const toBlock = await requester.public.getBlockNumber({ cacheTime: 0 });
    const range = { fromBlock: job.blockNumber, toBlock };
    const events = await requester.getMarketEvents({ jobId: job.jobId, ...range });
    const challenged = events.find((event) => event.type === "batchChallenged");
    if (challenged?.type !== "batchChallenged") throw new Error("nothing was challenged");
    const { workerWrong } = Ruling;
    await disputes.rule(challenged as never, [workerWrong, workerWrong, workerWrong]);
    await page.getByText("voted: the worker is wrong").first().waitFor();
    await page.getByRole("button", { name: "Carry the ruling out" }).click();
    await page.getByText("The worker is wrong").first().waitFor();
    await page.getByText("Stake lost by wrong workers").waitFor();
    await expectAccessible(page);
    expect(problems).toEqual([]);

    await visit(page, "#/disputes");
    await page.getByRole("cell", { name: "The worker is wrong" }).waitFor();
    await visit(page, `#/jobs/${job.jobId}`);
    await page.getByText("Closes: nothing is missing").waitFor();
    expect(problems).toEqual([]);
  });

  test("a link that is followed as soon as it is there leads on", async () => {
    const page = await browser.newPage();
    await page.addInitScript({
      content: `new MutationObserver((_, observer) => {
        const link = document.querySelector('a[href="#/parameters"]');
        if (link === null) return;
        observer.disconnect();
        link.click();
      }).observe(document, { childList: true, subtree: true });`,
    });
    await page.goto(server.url);
    await page.getByRole("heading", { level: 1, name: "Parameters" }).waitFor({ timeout: 60_000 });
    await page.close();
  });

  test("what strangers wrote stays text, however long and whatever it is", async () => {
    const { workers } = disputes.market;
    const hostile = [
      '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>',
      `${"\u202e".repeat(9)}gnp.exe \u2066 \u200b`,
      "A".repeat(2 ** 20),
      JSON.stringify({
        type: "Feature",
        properties: { name: "<script>globalThis.ran=1</script>" },
        geometry: { type: "Point", coordinates: [1, 2] },
      }),
    ];
    const job = await disputes.post();
    for (const batch of [0, 1]) {
      await workBatch(workers[0], job, batch, async (entries, content) => {
        for (const [index] of entries.entries()) {
          const bytes = new TextEncoder().encode(hostile[2 * batch + index]);
          const cid = await putBytes(content, bytes);
          entries[index] = { outcome: "ok", cid, byteLength: bytes.length };
        }
      });
    }
    const { page, problems } = await open(1);
    for (const [task, text] of hostile.entries()) {
      await visit(page, `#/jobs/${job.jobId}/tasks/${task}`);
      await page.getByRole("heading", { name: `Task ${task}` }).waitFor();
      const result = page
        .locator("section")
        .filter({ has: page.getByRole("heading", { name: "Result" }) });
      if (task === 3) await result.getByRole("button", { name: "Text" }).click();
      const shown = result.locator("pre");
      await shown.waitFor();
      const said = (await shown.textContent()) ?? "";
      if (task === 1) expect(said).toContain("⟨U+202E⟩");
      else expect(said.slice(0, 200)).toBe(text.slice(0, 200));
      expect(said).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
      expect(said.length).toBeLessThan(10_000);
    }
    await visit(page, "#/post");
    await page.getByRole("button", { name: "<img src=x" }).waitFor();
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test("every link leads somewhere, by an accessible page that fits a phone", async () => {
    const job = await disputes.post();
    await workBatch(disputes.market.workers[0], job, 0);
    const { page, problems } = await open(1, 390);
    const seen = new Set<string>();
    const kinds = new Set<string>();
    const queue = ["#/jobs", "#/post", `#/jobs/${job.jobId}`];
    for (let route = queue.shift(); route !== undefined; route = queue.shift()) {
      // One page of each kind is looked at: they are alike.
      const kind = route.replaceAll(/0x[\da-fA-F]+|\d+/g, "…");
      if (seen.has(route) || kinds.has(kind)) continue;
      seen.add(route);
      kinds.add(kind);
      await visit(page, route);
      await expect.poll(() => page.locator(".waiting").count()).toBe(0);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe("Nothing here");
      expect(
        await page.evaluate("document.scrollingElement.scrollWidth"),
        route,
      ).toBeLessThanOrEqual(390);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page);
      }
      const links = page.locator("a");
      const hrefs: unknown = await links.evaluateAll((all) =>
        all.map((link) =>
          (link as unknown as { getAttribute(name: string): string }).getAttribute("href"),
        ),
      );
      queue.push(...(hrefs as string[]));
    }
    console.log([...kinds].join(" "));
    expect(kinds.size).toBeGreaterThanOrEqual(9);
    expect(problems).toEqual([]);
  });

  test("a job of ten thousand batches is drawn as far as it is seen, and walked through by keys", async () => {
    const { requester } = disputes.market;
    const { content } = disputes.market;
    const cid = await putBytes(content, Uint8Array.of(1));
    const job = await requester.submitJob({
      ...{ program: disputes.program, batchSize: 1, rewardPerTask: 1n, arbiter: zeroAddress },
      inputs: Array.from({ length: 10_000 }, () => ({ cid, byteLength: 1 })),
    });
    const { page, problems } = await open(1);
    await visit(page, `#/jobs/${job.jobId}`);
    const grid = page.getByRole("navigation", { name: "Batches by state" });
    const first = grid.getByRole("link", { name: "Batch 0: Open" });
    await first.waitFor();
    expect(await grid.getByRole("link").count()).toBeLessThan(1_500);
    await first.focus();
    await page.keyboard.press("End");
    const isAt = (title: string) =>
      expect.poll(() => page.evaluate("document.activeElement.title")).toBe(title);
    await isAt("Batch 9999: Open");
    await page.keyboard.press("ArrowLeft");
    await isAt("Batch 9998: Open");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Batch 9998" }).waitFor();
    expect(problems).toEqual([]);
  });
});
