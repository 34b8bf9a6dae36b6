import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { Address } from "viem";
import { expect } from "vitest";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** A wallet's name that would run, if names were markup. */
export const HOSTILE_NAME = '<img src=x onerror="globalThis.ran=1">\u202eWallet';

export interface OpenedPage {
  page: Page;
  /** What went wrong in the page: errors, refusals of its policy, requests to others. */
  problems: string[];
}

/** Opens pages with a wallet (EIP-6963) that signs by the node's own accounts, as a development chain has them. */
export async function openPage(
  browser: Browser,
  {
    url,
    rpcUrl,
    account,
    width = 1280,
  }: { url: string; rpcUrl: string; account: Address; width?: number },
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  page.setDefaultTimeout(240_000);
  const problems: string[] = [];
  const own = [new URL(url).origin, new URL(rpcUrl).origin];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "blob:" && !own.includes(origin)) problems.push(`asks ${origin}`);
  });
  await page.addInitScript(injectWallet, { rpcUrl, account, name: HOSTILE_NAME });
  await page.goto(url);
  return { page, problems };
}

function injectWallet({
  rpcUrl,
  account,
  name,
}: {
  rpcUrl: string;
  account: string;
  name: string;
}): void {
  let id = 0;
  const provider = {
    on() {},
    removeListener() {},
    async request({ method, params = [] }: { method: string; params?: unknown }) {
      if (method === "eth_requestAccounts" || method === "eth_accounts") return [account];
      const response = await fetch(rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: id++, method, params }),
      });
      const { result, error } = (await response.json()) as { result: unknown; error?: object };
      if (error !== undefined) throw Object.assign(new Error("refused"), error);
      return result;
    },
  };
  const info = { uuid: "1", name, rdns: "test.wallet", icon: "data:image/svg+xml,<svg/>" };
  const detail = Object.freeze({ info, provider });
  const { EventTarget, CustomEvent } = globalThis;
  const target = globalThis as unknown as InstanceType<typeof EventTarget>;
  const announce = () =>
    target.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  target.addEventListener("eip6963:requestProvider", announce);
  announce();
}

/** Goes to a route of a page that is open, and waits for its heading. */
export async function visit(page: Page, route: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(route)}`);
  // Waiting by a function takes eval, which the pages' policy forbids.
  await page.locator("h1").waitFor();
}

/** Fails with what axe-core finds. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  const said = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
  );
  expect(said).toEqual([]);
}
