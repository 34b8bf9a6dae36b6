/**
 * How long until the explorer paints, and until it shows a job, in a browser that knows nothing of it yet; in turns with a page of one word,
 * which is the browser's own time.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { servePages } from "@assay/explorer";
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM } from "../test/browser/chromium.ts";
import { startDisputes } from "../test/fixtures/disputes.ts";

const ROUNDS = 15;

interface Paint {
  /** Milliseconds from the navigation to the first text or picture. */
  paintMs: number;
  /** Milliseconds from the navigation until the text that is waited for is shown. */
  shownMs: number;
}

/** Opens a page in a new context, whose caches are empty, and waits for a text of it. */
async function open(browser: Browser, url: string, text: string): Promise<Paint> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const from = performance.now();
    await page.goto(url);
    await page.getByText(text).first().waitFor();
    const shownMs = performance.now() - from;
    const paints = 'performance.getEntriesByName("first-contentful-paint").map((e) => e.startTime)';
    for (;;) {
      const [paintMs] = (await page.evaluate(paints)) as number[];
      if (paintMs !== undefined) return { paintMs, shownMs };
    }
  } finally {
    await context.close();
  }
}

function spread(values: number[]): { p50: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value = Number.NaN) => Math.round(value);
  return { p50: round(sorted[sorted.length >> 1]), max: round(sorted.at(-1)) };
}

export async function explorer(): Promise<void> {
  if (CHROMIUM === undefined) {
    process.stdout.write("No chromium is on the PATH.\n");
    process.stdout.write(
      `${JSON.stringify({ firstPaintMs: null, jobShownMs: null, floorMs: null })}\n`,
    );
    return;
  }
  await using disputes = await startDisputes();
  const job = await disputes.post();
  const { chain, content } = disputes.market;
  const server = await servePages({
    ...{ host: "127.0.0.1", port: 0, page: "explorer", content },
    config: { rpc: chain.rpcUrl, marketplace: chain.marketplace, gateway: "" },
  });
  const floor = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Floor</title><p>Shown");
  }).listen(0, "127.0.0.1");
  await once(floor, "listening");
  const { port } = floor.address() as AddressInfo;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const paints: Paint[] = [];
  const floors: Paint[] = [];
  try {
    const jobUrl = `${server.url}#/jobs/${job.jobId}`;
    for (let round = 0; round <= ROUNDS; round++) {
      const paint = await open(browser, jobUrl, "Closes: nothing is missing");
      const bare = await open(browser, `http://127.0.0.1:${port}/`, "Shown");
      if (round === 0) continue; // the browser itself warms up
      paints.push(paint);
      floors.push(bare);
    }
  } finally {
    await browser.close();
    await server.close();
    floor.close();
  }
  const firstPaintMs = spread(paints.map(({ paintMs }) => paintMs));
  const jobShownMs = spread(paints.map(({ shownMs }) => shownMs));
  const floorMs = spread(floors.map(({ paintMs }) => paintMs));
  const line = (name: string, { p50, max }: { p50: number; max: number }) =>
    process.stdout.write(`${name.padEnd(34)} p50 ${p50} ms, longest ${max} ms\n`);
  line("first paint of the explorer", firstPaintMs);
  line("a job is shown, its balance closed", jobShownMs);
  line("first paint of a page of one word", floorMs);
  process.stdout.write(`${JSON.stringify({ firstPaintMs, jobShownMs, floorMs })}\n`);
}
