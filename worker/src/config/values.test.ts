import { expect, test } from "vitest";
import { parseAmount, parseDuration } from "./values.ts";

test.each([
  ["1", 10n ** 18n],
  ["0.5", 5n * 10n ** 17n],
  ["0.000000000000000001", 1n],
  ["2ether", 2n * 10n ** 18n],
  ["20gwei", 2n * 10n ** 10n],
  ["1000wei", 1_000n],
  ["0", 0n],
])("%s is %i wei", (text, wei) => {
  expect(parseAmount(text)).toBe(wei);
});

test.each(["", "-1", "1e18", "1.5wei", "1 btc", ".5", "0x10"])("%j is no amount", (text) => {
  expect(() => parseAmount(text)).toThrow("give an amount");
});

test.each([
  ["250ms", 250],
  ["10s", 10_000],
  ["2m", 120_000],
  ["1h", 3_600_000],
])("%s is %i ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
