import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hotmapReference } from "../../../test/reference/hotmap.ts";
import { HOTMAP } from "../../algorithms/sentinel2.ts";
import { evaluate } from "../../evaluation/evaluate.ts";
import { makeScene } from "../../synthetic/syntheticScene.ts";
import { renderHtmlMap } from "./htmlMap.ts";

/** A browser that is on this machine already; none is downloaded. */
const BROWSER = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) =>
    ["chromium", "chromium-browser", "google-chrome"].map((b) => join(folder, b)),
  )
  .find((path) => existsSync(path));

const scene = makeScene({ seed: 4, width: 200, height: 160, fires: 3 });
const detections = hotmapReference(scene);
const contents = {
  scene,
  detections,
  tile: 64,
  algorithm: HOTMAP,
  evaluation: evaluate(detections.pixels, scene.truth),
};

test("the map asks nobody for anything, and a name cannot break out of it", async () => {
  const html = await renderHtmlMap({
    ...contents,
    scene: { ...scene, name: `</script><script>alert(1)</script> & "friends"` },
  });
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/(?:src|href)\s*=\s*["']?(?:https?:)?\/\//);
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html).not.toContain("{{");
});

describe("the map in a browser", () => {
  beforeEach((context) => {
    if (BROWSER === undefined) context.skip("no chromium is on the PATH");
  });

  let folder: string;
  let browser: Browser | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-map-"));
    if (BROWSER === undefined) return;
    browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  async function open(html: string): Promise<{ page: Page; troubles: string[] }> {
    if (browser === undefined) throw new Error("there is no browser");
    const file = join(folder, "map.html");
    await writeFile(file, html);
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    page.setDefaultTimeout(240_000);
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, troubles };
  }

  test("counts the fires, lists them, and shows one that is clicked", async () => {
    const { page, troubles } = await open(await renderHtmlMap(contents));
    expect(await page.locator("#count b").textContent()).toBe(String(detections.pixels.length));
    expect(await page.locator("#scores b").count()).toBe(3);
    const groups = await page.locator("#list em").allTextContents();
    expect(groups.map(Number).reduce((sum, n) => sum + n, 0)).toBe(detections.pixels.length);

    await page.locator("#list button").last().click();
    const single = groups.at(-1) === "1";
    expect(await page.locator("#card").isVisible()).toBe(single);
    // The group that was chosen is now in the middle of the map.
    const box = await page.locator("#map").boundingBox();
    if (box === null) expect.unreachable("the map has a place");
    await page.keyboard.press("Escape");
    if (single) {
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      const card = (await page.locator("#card").textContent()) ?? "";
      expect(card).toMatch(/reflectance b12\d+\.\d{5}/);
      expect(card).toMatch(/place\d\.\d{5}° N, \d\.\d{5}° E/);
    }
    expect(troubles).toEqual([]);
    await page.close();
  });

  test("moves and zooms, and knows the place under the pointer", async () => {
    const { page, troubles } = await open(await renderHtmlMap(contents));
    const box = await page.locator("#map").boundingBox();
    if (box === null) expect.unreachable("the map has a place");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    // The middle of the scene, 80 rows of 20 m above the equator at 3° E.
    expect(await page.locator("#place").textContent()).toMatch(
      /° N, (2\.99|3\.00)\d\d° E · (99|100), (79|80)/,
    );
    const before = await page.locator("#length").textContent();
    await page.mouse.wheel(0, -900);
    await page.mouse.move(x + 1, y);
    expect(await page.locator("#length").textContent()).not.toBe(before);
    expect(await page.locator("#place").textContent()).toMatch(/ · (99|100), (79|80)/);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test("shows a scene without a place, in which nothing burns", async () => {
    const { georeference, truth, ...nowhere } = scene;
    expect([georeference, truth]).not.toContain(undefined);
    const { page, troubles } = await open(
      await renderHtmlMap({
        scene: nowhere,
        tile: 64,
        algorithm: HOTMAP,
        detections: { pixels: [], validPixels: 32_000, unknownPixels: 0 },
      }),
    );
    expect(await page.locator("#list").textContent()).toBe("Nothing burns in this scene.");
    expect(await page.locator("#bar").isVisible()).toBe(false);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
