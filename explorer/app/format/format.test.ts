import { expect, test } from "vitest";
import { shownAmount, shownBytes } from "./amount.ts";
import { shortHash, shownLine, shownText } from "./text.ts";
import { shownDuration } from "./time.ts";

test.each([
  [0n, "0 ETH"],
  [1n, "1 wei"],
  [10n ** 9n, "1 gwei"],
  [10n ** 15n, "0.001 ETH"],
  [1_234_567_890_123_456_789n, "1.234567 ETH"],
  [-(10n ** 18n), "−1 ETH"],
  [5_000n * 10n ** 18n, "5,000 ETH"],
])("%s wei are %s", (wei, said) => {
  expect(shownAmount(wei)).toBe(said);
});

test("what cannot be seen, and what turns text round, becomes a sign", () => {
  expect(shownText("a\u202eb\u200bc\u0007")).toBe("a⟨U+202E⟩b⟨U+200B⟩c␇");
  expect(shownLine("a\nb\tc")).toBe("a b c");
  expect(shownText("e\u0301\u0301\u0301\u0301\u0301\u0301")).toBe("e\u0301\u0301\u0301\u0301");
});

test("a long text is cut before it is looked at", () => {
  expect(shownText("x".repeat(10 ** 7), 10)).toBe(`${"x".repeat(10)}…`);
});

test("durations, sizes and hashes are short", () => {
  expect(shownDuration(7_500)).toBe("2 h 5 min");
  expect(shownDuration(59)).toBe("59 s");
  expect(shownDuration(0)).toBe("0 s");
  expect(shownBytes(1_500)).toBe("1.5 kB");
  expect(shortHash(`0x${"ab".repeat(20)}`)).toBe("0xabab…abab");
});
