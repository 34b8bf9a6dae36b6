import { expect, test } from "vitest";
import { echo, endless, pickyEcho } from "../../../test/fixtures/programs.ts";
import { createProgramCache } from "./programCache.ts";

const limits = { memoryPages: 4 };

/** A source that counts how often each program is fetched. */
function source() {
  const fetched: string[] = [];
  return {
    fetched,
    of:
      ({ id, wasm }: typeof echo) =>
      async () => {
        fetched.push(id);
        return wasm;
      },
  };
}

test("a program is fetched and instrumented once", async () => {
  const { fetched, of } = source();
  const cache = createProgramCache();
  const first = await cache.get("echo", limits, of(echo));
  expect(await cache.get("echo", limits, of(echo))).toBe(first);
  const both = await Promise.all([
    cache.get("endless", limits, of(endless)),
    cache.get("endless", limits, of(endless)),
  ]);
  expect(both[0]).toBe(both[1]);
  expect(fetched.filter((id) => id === "echo")).toHaveLength(1);
});

test("those asked for last are kept, as far as the bytes go", async () => {
  const { fetched, of } = source();
  const maxBytes = echo.instrumented.length + endless.instrumented.length;
  const cache = createProgramCache({ maxBytes });
  await cache.get("echo", limits, of(echo));
  await cache.get("endless", limits, of(endless));
  await cache.get("echo", limits, of(echo));
  await cache.get("picky echo", limits, of(pickyEcho)); // in the place of the one asked for longest ago
  await cache.get("picky echo", limits, of(pickyEcho));
  await cache.get("endless", limits, of(endless));
  expect(fetched).toEqual(["echo", "endless", "picky echo", "endless"]);
});

test("each job's limits are checked, for a program at hand too", async () => {
  const cache = createProgramCache();
  const { of } = source();
  await cache.get("echo", limits, of(echo));
  await expect(cache.get("echo", { memoryPages: 3 }, of(echo))).rejects.toMatchObject({
    code: "PROGRAM_REFUSED",
  });
});
