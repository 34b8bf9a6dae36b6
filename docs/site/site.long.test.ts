import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM } from "../../test/browser/chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TYPES: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };

let origin: string;
const server = createServer(async ({ url = "/" }, response) => {
  const path = normalize(new URL(url, "http://site").pathname);
  const file = join(root, "out/docs", path.endsWith("/") ? `${path}index.html` : path);
  const type = TYPES[file.split(".").pop() ?? ""] ?? "application/octet-stream";
  const bytes = await readFile(file).catch(() => undefined);
  response.writeHead(bytes === undefined ? 404 : 200, { "content-type": type }).end(bytes);
});

beforeAll(async () => {
  const { status, stderr } = spawnSync("node", ["docs/site/main.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 600_000);
afterAll(() => void server.close());

const PAGES = [
  "index",
  "quickstart",
  "buying",
  "sdk",
  "money",
  "market",
  "programs",
  "operating",
  "chains",
];
const REFERENCE = ["reference/cli", "reference/errors", "reference/api/index", "examples/index"];

test("its pages show themselves, find what is looked for, and ask nobody else", async ({
  skip,
}) => {
  skip(CHROMIUM === undefined, "no chromium is on the PATH");
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) complaints.push(request.url());
  });
  for (const name of [...PAGES, ...REFERENCE]) {
    const answer = await page.goto(`${origin}/${name}.html`, { waitUntil: "networkidle" });
    expect([name, answer?.status()]).toEqual([name, 200]);
    expect(await page.locator("h1").first().textContent()).toMatch(/\w{3}/);
  }
  await page.goto(`${origin}/quickstart.html`, { waitUntil: "networkidle" });
  await page.keyboard.press("Control+k");
  await page.locator("input[type=search]").fill("challenge window");
  await page.locator(".result").first().waitFor();
  await browser.close();
  expect(complaints.filter((one) => !one.startsWith("data:"))).toEqual([]);
});
