import { describe, expect, test } from "vitest";
import { isLong } from "../../../test/fixtures/long.ts";
import { TaskFailedError } from "../../shared/src/programs/taskFailedError.ts";
import type { AlgorithmName } from "../src/algorithms/algorithm.ts";
import { ALGORITHMS } from "../src/algorithms/algorithms.ts";
import { encodeTile } from "../src/tiles/encodeTile.ts";
import { detect, programOf } from "./detect.ts";
import { randomScene } from "./randomScenes.ts";
import { hotmapReference, plainReference } from "./reference/hotmap.ts";
import { landsatReference } from "./reference/landsat.ts";
import { learnedReference } from "./reference/learned.ts";
import { modisReference } from "./reference/modis.ts";
import type { Reference } from "./reference/reference.ts";
import { taiReference } from "./reference/tai.ts";
import { viirsReference } from "./reference/viirs.ts";

interface Case {
  name: AlgorithmName;
  reference: Reference;
  /** Random scenes to try, and how large they may be: a reference that looks at windows is slow. */
  scenes: number;
  side: number;
}

const CASES: Case[] = [
  { name: "hotmap", reference: hotmapReference, scenes: 150, side: 30 },
  { name: "plain", reference: plainReference, scenes: 60, side: 30 },
  { name: "learned", reference: learnedReference, scenes: 25, side: 34 },
  { name: "tai", reference: taiReference, scenes: 25, side: 34 },
  { name: "schroeder", reference: landsatReference(["schroeder"], 1), scenes: 12, side: 40 },
  { name: "murphy", reference: landsatReference(["murphy"], 1), scenes: 25, side: 34 },
  { name: "kumar-roy", reference: landsatReference(["kumar-roy"], 1), scenes: 12, side: 40 },
  {
    name: "vote",
    reference: landsatReference(["schroeder", "murphy", "kumar-roy"], 2),
    scenes: 10,
    side: 40,
  },
  { name: "viirs", reference: viirsReference, scenes: 25, side: 34 },
  { name: "modis", reference: modisReference, scenes: 25, side: 34 },
];

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe.each(CASES)("the $name program", ({ name, reference, scenes, side }) => {
  const algorithm = ALGORITHMS[name];

  test(`agrees with a reference written apart from it, to the last bit (TEST_SEED=${seed})`, async () => {
    let fires = 0;
    for (let n = 0; n < (isLong ? scenes : Math.ceil(scenes / 5)); n++) {
      const scene = randomScene(algorithm.sensor, seed + n, { width: side, height: side });
      const expected = reference(scene);
      expect(await detect(scene, algorithm, 64), `TEST_SEED=${seed + n}`).toEqual(expected);
      fires += expected.pixels.length;
    }
    expect(fires, "random scenes must burn").toBeGreaterThan(isLong ? 20 : 0);
  });

  test(`finds the same whatever the tile size (TEST_SEED=${seed})`, async () => {
    for (let n = 0; n < (isLong ? 3 : 2); n++) {
      // Wider than the largest window and its halo, so that tiles do not see the whole scene.
      const maximum = n === 0 ? { width: 40, height: 8 } : { width: 320, height: 60 };
      const scene = randomScene(algorithm.sensor, seed + n, maximum);
      const largest = Math.max(scene.width, scene.height) + 1;
      const whole = await detect(scene, algorithm, largest);
      const sizes = n === 0 ? [1, 2, 3] : [5, 8, 11, 16, 17, 29, 31, 32, 33, 61, 64, 100];
      for (const tile of sizes.filter((size) => size < largest)) {
        expect(await detect(scene, algorithm, tile), `tile ${tile}, TEST_SEED=${seed + n}`).toEqual(
          whole,
        );
      }
    }
  });

  test("traps on an input of another form", async () => {
    const scene = randomScene(algorithm.sensor, 1);
    const tile = { index: 0, x: 0, y: 0, width: 1, height: 1 };
    const input = encodeTile(scene, tile, algorithm);
    const withWord = (at: number, value: number) => {
      const copy = Uint8Array.from(input);
      new DataView(copy.buffer).setUint32(at, value, true);
      return copy;
    };
    const broken = [
      new Uint8Array(0),
      input.subarray(0, 39),
      input.subarray(0, -1),
      new Uint8Array([...input, 0]),
      ...[0, 4, 16, 20, 24, 28, 32].map((at) => withWord(at, 0xffff_fffe)),
      ...[16, 20].map((at) => withWord(at, 0)),
    ];
    const { local } = await programOf(algorithm);
    for (const bytes of broken) {
      expect(() => local.run(bytes)).toThrow(TaskFailedError);
    }
  });

  test("finds and counts nothing where nothing was measured", async () => {
    const scene = randomScene(algorithm.sensor, 3);
    const empty = {
      ...scene,
      bands: Object.fromEntries(
        Object.entries(scene.bands).map(([band, values]) => [
          band,
          { ...values, dn: values.dn.map(() => Number.NaN) },
        ]),
      ),
    };
    expect(await detect(empty, algorithm, 16)).toEqual({
      pixels: [],
      validPixels: 0,
      unknownPixels: 0,
    });
  });
});
