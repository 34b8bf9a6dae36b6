import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { brokenWalls, folderCycles, type Import, importsOf } from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// docs/ARCHITECTURE.md has the reasons.
const ORDER = [
  "sdk",
  "ignition",
  "queue",
  "network",
  "runners",
  "worker",
  "devnet",
  "cli",
  "examples",
];
/** Of these each folder stands above or below another, and none beside. */
const LAYERED = ORDER;

const dependencies = Object.fromEntries(
  ORDER.map((name) => {
    const manifest = JSON.parse(readFileSync(join(root, name, "package.json"), "utf8"));
    return [name, Object.keys(manifest.dependencies ?? {})];
  }),
);
const rules = { order: ORDER, dependencies };

function sources(names: readonly string[]): Import[] {
  return names.flatMap((name) =>
    globSync(`${name}/**/*.{ts,mts}`, { cwd: root })
      .filter((file) => !/node_modules|\.test\.ts$|^[^/]+\/test\/|\/assembly\//.test(file))
      .flatMap((file) => importsOf(file, root)),
  );
}

test("a package needs those below it, as it declares, by what they export", () => {
  const imports = sources(ORDER);
  expect(imports.length).toBeGreaterThan(1_000);
  expect(brokenWalls(imports, rules)).toEqual([]);
});

test("no folders need each other", () => {
  expect(folderCycles(sources(LAYERED))).toEqual([]);
});

test("the SDK's protocol and programs need nothing of its market", () => {
  const rooms = /^sdk\/src\/(protocol|program|concurrency)\//;
  const outside = sources(["sdk"])
    .filter(({ file }) => rooms.test(file))
    .filter(({ file, specifier }) => {
      return specifier.startsWith(".") && !rooms.test(normalize(join(dirname(file), specifier)));
    });
  expect(outside).toEqual([]);
});

describe("what would break them is noticed", () => {
  test.each([
    ["network/src/peer.ts", "@assay/worker", "network does not declare @assay/worker"],
    ["worker/src/node/node.ts", "../../../network/src/peer.ts", "reaches into network/src/peer.ts"],
  ])("%s importing %s", (file, specifier, said) => {
    const [found = ""] = brokenWalls([{ file, specifier }], rules);
    expect(found).toContain(said);
  });

  test("a package that declares one above it", () => {
    const upwards = { ...rules, dependencies: { ...dependencies, queue: ["@assay/worker"] } };
    const imports = [{ file: "queue/src/queue.ts", specifier: "@assay/worker" }];
    expect(brokenWalls(imports, upwards)).toEqual([
      "queue/src/queue.ts: queue may not need worker",
    ]);
  });

  test("a cycle of three folders, beside one that is none", () => {
    const imports = [
      ["p/a/x.ts", "../b/y.ts"],
      ["p/b/y.ts", "../c/z.ts"],
      ["p/c/z.ts", "../a/x.ts"],
      ["p/a/x.ts", "../d/w.ts"],
    ].map(([file = "", specifier = ""]) => ({ file, specifier }));
    expect(folderCycles(imports)).toEqual([["p/a", "p/b", "p/c"]]);
  });
});
