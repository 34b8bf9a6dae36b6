import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longTest, variants } from "../fixtures/long.ts";
import { type Ended, finishRun, ROOT, startRun } from "./processes.ts";
import { blocks, fileOf, shape } from "./readme.ts";

// What `npm start` runs.
const MAIN = fileOf("start");
const REAL_SCENE = join(ROOT, "../shared/data/G90292_20230514.tif");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-e2e-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const finish = (args: readonly string[]) => finishRun(MAIN, args);

/** One run without a liar or a wish, which others are held against. */
let honest: Promise<Ended & { out: string }> | undefined;
function honestRun(): Promise<Ended & { out: string }> {
  const out = join(folder, "honest");
  honest ??= finish(["--json", "--out", out]).then((ended) => ({ ...ended, out }));
  return honest;
}

describe("a whole run", () => {
  test("buys, computes, verifies and pays a synthetic scene, exact to the wei", async () => {
    const { code, stdout, stderr, out } = await honestRun();
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ tasks: 144, batches: 9, workers: 3 });
    expect(report).toMatchObject({ challenges: 0, slashedWei: "0" });
    expect(BigInt(report.paidWei) + BigInt(report.refundWei)).toBe(BigInt(report.escrowWei));
    expect(BigInt(report.escrowWei)).toBe(144n * 10n ** 15n);
    // What is left in the contract is the workers' own stake, and nothing else.
    expect(report.contractBalanceWei).toBe(report.stakeWei);
    expect(report.precision).toBeGreaterThan(0.8);
    expect(report.recall).toBeGreaterThan(0.8);
    expect(report.secondsToFirstResult).toBeLessThan(report.secondsTotal);

    const geojson = JSON.parse(await readFile(join(out, "fires.geojson"), "utf8"));
    expect(geojson.features).toHaveLength(report.firePixels);
    const csv = await readFile(join(out, "fires.csv"), "utf8");
    expect(csv.trim().split("\n")).toHaveLength(report.firePixels + 1);
    const png = await readFile(join(out, "quicklook.png"));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  });

  test("prints what the README shows", async () => {
    const [block = ""] = blocks("console");
    expect(block).toMatch(/^\$ npm start\n/);
    const { stderr, out } = await honestRun();
    const printed = stderr.replaceAll(out, "out/fire-detection");
    expect(shape(printed)).toEqual(shape(block.replace("$ npm start\n", "")));
  });

  test("with a liar among the workers gives the same results, and the liar pays for it", async () => {
    const lied = join(folder, "lied");
    const args = ["--json", "--tile", "128", "--liar", "--out", lied];
    const { code, stdout, stderr } = await finish(args);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout);
    // Half of the stake of one batch, however many of the two auditors have asked about it before the ruling.
    expect(report).toMatchObject({ tasks: 36, slashedWei: String(5n * 10n ** 15n) });
    expect([1, 2]).toContain(report.challenges);
    expect(BigInt(report.paidWei) + BigInt(report.refundWei)).toBe(BigInt(report.escrowWei));
    expect(report.contractBalanceWei).toBe(report.stakeWei);
    expect(stderr).toMatch(/challenge +worker-\d disputes task \d+ in batch \d of the liar/);
    expect(stderr).toMatch(/proof +the liar posts 16 states, [\d,]+ steps apart \([\d,]+ gas\)/);
    expect(stderr).toMatch(
      /the chain carries out step [\d,]+: [fi](32|64)\.(add|sub|mul|div)\w*\(0x[0-9a-f]+, 0x[0-9a-f]+\) = 0x[0-9a-f]+; the state is 0x/,
    );
    // Its fee of 0.00002 ether, and a quarter of what burning a fifth and the fees of all challenges leave of the slash.
    const share = { 1: "0.001015", 2: "0.00101" }[report.challenges as 1 | 2];
    expect(stderr).toContain(`slash     the liar loses 0.005 ETH: ${share} ETH to worker-`);
    const { out } = await honestRun();
    // The picture shows how the scene was cut, which is another way here.
    for (const file of ["fires.geojson", "fires.csv"]) {
      const same = (await readFile(join(lied, file))).equals(await readFile(join(out, file)));
      expect({ file, same }).toEqual({ file, same: true });
    }
  });

  longTest(
    "convicts who lies about the learned detector by one of its integer steps, and finds the same pixels",
    async () => {
      const pixels = new Set<string>();
      for (const [tile, workers, ...liar] of [
        ["128", "3", "--liar"],
        ["96", "1"],
      ] as const) {
        const out = join(folder, `learned-${tile}`);
        const args = ["--json", "--algorithm", "learned", "--tile", tile, "--workers", workers];
        const { code, stdout, stderr } = await finish([...args, ...liar, "--out", out]);
        expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
        const report = JSON.parse(stdout);
        expect(report.slashedWei).toBe(liar.length > 0 ? String(5n * 10n ** 15n) : "0");
        if (liar.length > 0) {
          expect(stderr).toMatch(/the chain carries out step [\d,]+: i(32|64)\.\w+/);
          expect(stderr).toMatch(/ruling +the worker is wrong; batch \d is decided/);
        }
        expect(report.precision).toBeGreaterThan(0.9);
        pixels.add(await readFile(join(out, "fires.geojson"), "utf8"));
      }
      expect(pixels.size).toBe(1);
    },
  );

  longTest("is paid in an ERC-20 token, to its last unit", async () => {
    const out = join(folder, "token");
    const { code, stdout, stderr } = await finish([
      ...["--json", "--token", "--out", out, "--tile", "128"],
    ]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ tasks: 36, batches: 3, refundWei: "0" });
    expect(report.paidWei).toBe(String(36n * 10n ** 15n));
    // Of coins, the Marketplace has the workers' stake and nothing else; of tokens, as the run has checked, nothing.
    expect(report.contractBalanceWei).toBe(report.stakeWei);
    expect(stderr).toContain("escrow 0.036 PLAY = paid 0.036 + refunded 0, to the wei");
    expect(stderr).toMatch(/earned \(PLAY\)/);
  });

  test.skipIf(!existsSync(REAL_SCENE))(
    "finds the same 46 pixels in a real scene, however it is cut and shared out (needs ../shared/data)",
    async () => {
      const pixels = new Set<string>();
      for (const [tile = "", workers = ""] of variants([
        ["50", "2"],
        ["200", "1"],
      ])) {
        const out = join(folder, `real-${tile}`);
        const args = ["--scene", REAL_SCENE, "--json", "--out", out];
        const { code, stdout } = await finish([...args, "--tile", tile, "--workers", workers]);
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ firePixels: 46, precision: null, recall: null });
        pixels.add(await readFile(join(out, "fires.geojson"), "utf8"));
      }
      expect(pixels.size).toBe(1);
    },
  );

  longTest("leaves nothing behind when it is interrupted", async () => {
    const { child, ended, alive } = startRun(MAIN, ["--out", join(folder, "interrupted")]);
    child.stdout?.on("data", (text: string) => {
      if (text.includes("workers")) child.kill("SIGINT");
    });
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining("Stopped") });
    expect(alive()).toEqual([]);
  });
});

describe("what cannot work is one clear line, a non-zero exit and nothing left running", () => {
  const oneLine = (text: string) => text.trim().split("\n");

  test("no such file", async () => {
    const { code, stderr } = await finish(["--scene", join(folder, "missing.tif")]);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([expect.stringMatching(/missing\.tif/)]);
  });

  test("not a GeoTIFF", async () => {
    const file = join(folder, "text.tif");
    await writeFile(file, "this is no picture");
    const { code, stderr } = await finish(["--scene", file]);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([
      expect.stringMatching(/text\.tif cannot be read as a GeoTIFF/),
    ]);
  });

  test.skipIf(!existsSync(REAL_SCENE))("a missing band (needs ../shared/data)", async () => {
    const { code, stderr } = await finish(["--scene", REAL_SCENE, "--bands", "12=0,11=1,nir=7"]);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([expect.stringMatching(/band/i)]);
  });

  longTest("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const { code, stderr } = await finish(["--port", port, "--out", join(folder, "port")]);
    server.close();
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
  });

  longTest("a balance that is too low", async () => {
    const args = ["--reward", "1000", "--out", join(folder, "poor")];
    const { code, stderr } = await finish(args);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toEqual([expect.stringMatching(/10000 ether.*144000 ether.*--reward/)]);
  });

  const wrongFlags: [string, string[], RegExp][] = [
    ["an unknown flag", ["--secne", "x.tif"], /--secne/],
    ["a value that is missing", ["--tile"], /--tile/],
    ["a value out of range", ["--workers", "0"], /--workers/],
    ["a liar with nobody to find it", ["--liar", "--workers", "1"], /--workers/],
  ];
  test.each(variants(wrongFlags))("%s", async (_, args, message) => {
    const { code, stderr } = await finish(args);
    expect(code).toBe(2);
    expect(oneLine(stderr)).toEqual([expect.stringMatching(message)]);
  });
});
