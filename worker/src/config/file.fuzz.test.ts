import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { afterAll, expect, test } from "vitest";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { fuzz, mutateText, pick } from "../../../test/fixtures/fuzz.ts";
import type { Random } from "../../../test/fixtures/random.ts";
import { ConfigError } from "./errors.ts";
import { fileLayer } from "./file.ts";
import { nodeOptions } from "./nodeOptions.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const KEYS = Object.values(nodeOptions).flatMap(({ key }) => (key === undefined ? [] : [key]));
const VALUES = [
  ...[
    "0.5",
    "10s",
    "1GiB",
    "true",
    "yes",
    "null",
    "~",
    "''",
    '"a"',
    "0x10",
    "1e3",
    "!!binary aGk=",
    "|\n   text",
  ],
  ...[
    "http://127.0.0.1:8545",
    "[a, b]",
    "[]",
    "{a: 1}",
    "&a x",
    "*a",
    "<<: *a",
    "- a",
    "\u0000",
    "\uFEFF",
    "ä",
  ],
  ...[
    "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    "/ip4/127.0.0.1/tcp/4001",
    "31337",
    "9007199254740993",
  ],
];

function yaml(random: Random): string {
  const lines = Array.from({ length: random.below(6) }, () => {
    const [section = "", ...rest] = pick(random, KEYS).split(".");
    const value = pick(random, VALUES);
    return rest.length === 0 || random.below(6) === 0
      ? `${section}: ${value}`
      : `${section}:\n  ${rest.join(":\n    ")}: ${value}`;
  });
  const text = `${lines.join("\n")}\n`;
  return random.below(2) === 0 ? mutateText(random, text) : text;
}

/** Whether another reader of YAML refuses the text. */
function isRefused(text: string): boolean {
  try {
    load(text, { schema: FAILSAFE_SCHEMA });
    return false;
  } catch {
    return true;
  }
}

/** Every scalar of a document, as it is written. */
function scalars(node: unknown): string[] {
  if (isMap(node)) return node.items.flatMap(({ value }) => scalars(value));
  if (isSeq(node)) return node.items.flatMap(scalars);
  return isScalar(node) ? [String(node.value)] : [];
}

test("YAML configurations: read or refused by name, and every value is one that stands there", () => {
  const path = join(folder, "assay.yaml");
  return fuzz({
    make: yaml,
    check: (text) => {
      writeFileSync(path, text);
      let layer: ReturnType<typeof fileLayer>;
      try {
        layer = fileLayer(nodeOptions, path);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect((error as Error).message).toContain(path);
        return;
      }
      expect(isRefused(text)).toBe(false);
      const written = scalars(parseDocument(text, { schema: "failsafe" }).contents);
      for (const value of layer.texts.values()) {
        for (const item of value) expect(written).toContain(item);
      }
    },
    show: JSON.stringify,
  });
});

test.each([
  [
    "aliases that multiply",
    `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i ? `b${i - 1}` : "a"}, *${i ? `b${i - 1}` : "a"}]`).join("\n")}\n`,
  ],
  ["20,000 lists in each other", "[".repeat(20_000)],
  ["20,000 maps in each other", `chain: ${"{a: ".repeat(20_000)}`],
  ["half a megabyte on one line", `chain: {rpc: "${"x".repeat(500_000)}"`],
])("%s are refused", (_, text) => {
  const path = join(folder, "hostile.yaml");
  writeFileSync(path, text);
  expect(() => fileLayer(nodeOptions, path)).toThrow(ConfigError);
});
