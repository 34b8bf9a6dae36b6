import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../shared/src/commandLine/flags.ts";
import { parseOptions } from "./options.ts";

describe("parseOptions", () => {
  test("has a default for everything", () => {
    expect(parseOptions([])).toEqual({
      help: false,
      json: false,
      liar: undefined,
      scene: undefined,
      bands: undefined,
      scale: undefined,
      offset: undefined,
      mtl: undefined,
      algorithm: "hotmap",
      seed: 1,
      tile: 64,
      workers: 3,
      batch: 16,
      port: 0,
      runner: "market",
      token: false,
      tiles: undefined,
      scenes: undefined,
      accuracy: undefined,
      train: false,
      out: "out/fire-detection",
      rewardWei: 10n ** 15n,
    });
  });

  test("reads every flag, in both spellings", () => {
    const argv =
      "--scene a.tif --bands 11=1,NIR=0,12=2 --scale=1e-4 --offset -1000 --tile 37 --workers 2 --out x --json --port 8545 --reward 0.25 --batch 4 --liar";
    expect(parseOptions(argv.split(" "))).toEqual({
      help: false,
      json: true,
      liar: "lies",
      scene: "a.tif",
      bands: { "12": 2, "11": 1, nir: 0 },
      algorithm: "hotmap",
      mtl: undefined,
      runner: "market",
      token: false,
      tiles: undefined,
      scenes: undefined,
      accuracy: undefined,
      train: false,
      scale: 1e-4,
      offset: -1_000,
      seed: 1,
      tile: 37,
      workers: 2,
      batch: 4,
      port: 8_545,
      out: "x",
      rewardWei: 25n * 10n ** 16n,
    });
  });

  test("takes a liar that stands alone, wherever, and one that does more", () => {
    expect(parseOptions(["--liar"]).liar).toBe("lies");
    expect(parseOptions(["--liar", "--json"])).toMatchObject({ liar: "lies", json: true });
    expect(parseOptions(["--liar", "-h"])).toMatchObject({ liar: "lies", help: true });
    expect(parseOptions(["--liar", "bribes-the-jury"]).liar).toBe("bribes-the-jury");
    expect(parseOptions(["--liar=bribes-the-jury"]).liar).toBe("bribes-the-jury");
  });

  test("takes a negative number after a blank or an equals sign", () => {
    expect(parseOptions(["--scene", "a.tif", "--offset", "-1000"]).offset).toBe(-1_000);
    expect(parseOptions(["--scene", "a.tif", "--offset=-1000"]).offset).toBe(-1_000);
    expect(parseOptions(["--scene", "a.tif", "--offset", "-.5"]).offset).toBe(-0.5);
  });

  test("reads files by band, bands by sensor, and what many tiles are like", () => {
    expect(parseOptions(["--scene", "12=a=1.tif, 11=b.tif,NIR=c.tif"]).scene).toEqual({
      "12": "a=1.tif",
      "11": "b.tif",
      nir: "c.tif",
    });
    // A name that only looks like a list.
    expect(parseOptions(["--scene", "a,b=c.tif"]).scene).toBe("a,b=c.tif");
    const argv = "--algorithm VOTE --scene a.tif --bands 1=6,2=5,3=4,4=3,5=2,6=1,7=0,radsat=9";
    expect(parseOptions(argv.split(" ")).bands).toEqual({
      "1": 6,
      "2": 5,
      "3": 4,
      "4": 3,
      "5": 2,
      "6": 1,
      "7": 0,
      radsat: 9,
    });
    expect(parseOptions(["--tiles", "10000"])).toMatchObject({
      tiles: 10_000,
      tile: 16,
      batch: 1_000,
      liar: "lies",
      workers: 3,
    });
  });

  test.each([
    ["--sceen a.tif", "--sceen"],
    ["-x", "-x"],
    ["scene.tif", '"scene.tif"'],
    ["--scene", "--scene scene.tif"],
    ["--scene --json", "--scene scene.tif"],
    ["--out=", "--out out"],
    ["--json=yes", "takes no value"],
    ["--tile 16 --tile 32", "given twice"],
    ["--tile 7", "8 to 1024"],
    ["--tile 1025", "8 to 1024"],
    ["--tile 1e2", "integer"],
    ["--tile 16.5", "integer"],
    ["--tile -16", "integer"],
    ["--workers 0", "1 to 16"],
    ["--workers many", "1 to 16"],
    ["--liar --workers 1", "2 to 16"],
    ["--liar is-nice", "--liar bribes-the-jury"],
    ["--batch 0", "1 to 4096"],
    ["--port 65536", "0 to 65535"],
    ["--seed 4294967296", "integer"],
    ["--reward 0", "above 0"],
    ["--reward 0.0000000000000000001", "above 0"],
    ["--reward 1e3", "above 0"],
    ["--reward -1", "above 0"],
    ["--scene a.tif --scale 0", "above 0"],
    ["--scene a.tif --scale ten", "above 0"],
    ["--scene a.tif --scale Infinity", "above 0"],
    ["--scene a.tif --offset 0x10", "from -65535"],
    ["--scene a.tif --bands 12=0,11=1", "12=0,11=1,nir=2"],
    ["--scene a.tif --bands 12=0,11=1,nir=1", "12=0,11=1,nir=2"],
    ["--scene a.tif --bands 12=0,11=1,nir=2,nir=3", "12=0,11=1,nir=2"],
    ["--scene a.tif --bands 12=0,11=1,nir=x", "12=0,11=1,nir=2"],
    ["--scene a.tif --bands 0,1,2", "12=0,11=1,nir=2"],
    ["--scene a.tif --seed 3", "--seed or --scene"],
    ["--offset -1000", "add --scene FILE"],
    ["--bands 12=0,11=1,nir=2", "add --scene FILE"],
    ["--algorithm fire", "hotmap, tai"],
    ["--algorithm viirs --tile 513", "8 to 512"],
    ["--algorithm vote --scene a.tif --bands 12=0,11=1,nir=2", "1=0,2=1,3=2,4=3,5=4,6=5,7=6"],
    ["--mtl a_MTL.txt", "--algorithm vote"],
    ["--algorithm vote --mtl a_MTL.txt --seed 3", "--seed or --mtl"],
    ["--scene 12=a.tif,12=b.tif", "twice"],
    ["--scene 12=a.tif,11=,nir=c.tif", "without a file"],
    ["--runner threads --workers 2", "--runner threads runs without"],
    ["--runner in-process --liar", "without a marketplace"],
    ["--runner processes --tiles 100", "--tiles"],
    ["--runner mainframe", "market, in-process, threads, processes"],
    ["--accuracy 2 --reward 1", "without a marketplace"],
    ["--tiles 100 --accuracy 2", "leave one out"],
    ["--train --seed 3", "leave out either it or --seed"],
    ["--tiles 100 --scene a.tif", "--scene"],
    ["--tiles 100 --algorithm vote", "hotmap, tai, plain or learned"],
    ["--tiles 100 --token", "--token"],
    ["--tiles 0", "1 to 100000"],
    ["--tiles 100 --workers 1", "2 to 16"],
    ["--__proto__ 1", "--__proto__"],
    ["--toString", "--toString"],
  ])("refuses %s in one line that says what to do", (line, says) => {
    let error: unknown;
    try {
      parseOptions(line.split(" "));
    } catch (caught) {
      error = caught;
    }
    if (!(error instanceof UsageError)) expect.unreachable(`no UsageError but ${error}`);
    expect(error.code).toBe("USAGE");
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("\n");
  });

  test("asks for help whatever else stands there in good order", () => {
    expect(parseOptions(["--help"]).help).toBe(true);
    expect(parseOptions(["-h", "--tile", "16"]).help).toBe(true);
  });
});

test("the README's commands are commands", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const commands = [...readme.matchAll(/npm run example:fire(?: -- ([^#`\n]*))?/g)];
  expect(commands.length).toBeGreaterThan(8);
  for (const [, flags = ""] of commands) {
    expect(() => parseOptions(flags.trim().split(/\s+/).filter(Boolean)), flags).not.toThrow();
  }
});
