import { readdirSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { type Exchange, openExchange } from "./exchange.ts";

function opened(): Exchange {
  const exchange = openExchange();
  if (exchange === undefined) throw new Error("this machine has no folder for temporary files");
  return exchange;
}

test("what was put and not released stays as it is", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const exchange = opened();
  const kept: { at: number; input: Uint8Array }[] = [];
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const input = new Uint8Array(1 + random.below(3 << 20)).fill(i);
    const at = exchange.put(input);
    if (at === undefined) refused++;
    else kept.push({ at, input });
    if (at === undefined || random.below(3) === 0) {
      const oldest = kept.shift();
      if (oldest === undefined) throw new Error("an empty exchange has room");
      const read = new Uint8Array(oldest.input.length);
      readSync(exchange.readFd, read, 0, read.length, oldest.at);
      expect(Buffer.compare(read, oldest.input)).toBe(0);
      exchange.release();
    }
  }
  expect(refused).toBeGreaterThan(0);
  exchange.closeReadFd();
  exchange.close();
});

test("what is larger than all of it is refused", () => {
  const exchange = opened();
  expect(exchange.put(new Uint8Array((8 << 20) + 1))).toBeUndefined();
  expect(exchange.put(new Uint8Array(8 << 20))).toBe(0);
  exchange.closeReadFd();
  exchange.close();
});

test("nobody else finds it", () => {
  const names = () => readdirSync(tmpdir()).filter((name) => name.startsWith("assay-exchange-"));
  const exchange = opened();
  expect(names()).toEqual([]);
  exchange.closeReadFd();
  exchange.close();
});
