import { afterAll, beforeAll, describe, test } from "vitest";
import { packed, programOf } from "../../test/fixtures/programs.ts";
import { startedThings } from "../../worker/test/network.ts";
import { EVERYWHERE, expectSame, type Place, startEverywhere } from "../test/everywhere.ts";
import type { Runner } from "./runner/runner.ts";

const RESULT_BYTES = 64 << 20;

/** Gives as many bytes as its input says, a number in each KiB. */
const large = programOf("large", {
  pages: 1_026,
  run: `(local $size i32) (local $at i32)
    (local.set $size (i32.load (local.get $ptr)))
    (loop $next
      (i32.store (i32.add (local.get $ptr) (local.get $at))
        (i32.add (local.get $at) (local.get $size)))
      (local.set $at (i32.add (local.get $at) (i32.const 1024)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $size))))
    ${packed("(local.get $ptr)", "(local.get $size)")}`,
});

const inputOf = (size: number) => new Uint8Array(Uint32Array.of(size).buffer);

const started = startedThings();
let runners: Record<Place, Runner>;
beforeAll(async () => {
  runners = await startEverywhere(started);
});
afterAll(() => started.end());

describe.each(EVERYWHERE)("%s", (place) => {
  test("gives a result of 64 MiB, and none of one byte more", async () => {
    const inputs = [inputOf(RESULT_BYTES), inputOf(RESULT_BYTES + 1), inputOf(1)];
    await expectSame(runners[place], inputs, {
      program: large,
      limits: { maxSteps: 10n ** 9n, maxResultBytes: RESULT_BYTES },
    });
  });
});
