import { globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import workspace from "../../package.json" with { type: "json" };
import {
  brokenWalls,
  folderCycles,
  type Import,
  importsIn,
  importsOf,
  manifestOf,
} from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// docs/ARCHITECTURE.md has the reasons.
const ORDER = [
  "sdk",
  "explorer",
  "ignition",
  "queue",
  "network",
  "runners",
  "pipelines",
  "worker",
  "devnet",
  "cli",
  "examples",
  "docs",
];
const manifests = Object.fromEntries(ORDER.map((folder) => [folder, manifestOf(folder, root)]));
const rules = { order: ORDER, manifests };

/** The rows of the table in docs/ARCHITECTURE.md: each folder of the worker needs only those of its own row and above. */
const WORKER_ROWS = [
  ["store"],
  ["concurrency"],
  ["chain"],
  ["jobs"],
  ["policy"],
  ["kernel"],
  ["account"],
  ["blocks"],
  ["disputes"],
  ["roles"],
  ["node"],
  ["config", "keystore"],
  ["observe"],
  ["relayer"],
  ["process"],
];

function sources(names: readonly string[]): Import[] {
  return names.flatMap((name) =>
    globSync(`${name}/src/**/*.{ts,mts,mjs}`, { cwd: root })
      .concat(globSync(`${name}/{*/src,app}/**/*.{ts,tsx}`, { cwd: root }))
      .filter((file) => !/node_modules|\.test\.ts$|\/assembly\//.test(file))
      .flatMap((file) => importsOf(file, root)),
  );
}

test("every package of the workspace has its place", () => {
  expect(ORDER.toSorted()).toEqual(workspace.workspaces.toSorted());
});

test("a package needs those below it, as it declares, by what they export", () => {
  // Loads the functions that a user's pipeline names.
  const ofUsers = "pipelines/src/yaml/loadModule.ts";
  const imports = sources(ORDER).filter(
    ({ file, specifier }) => specifier !== undefined || file !== ofUsers,
  );
  expect(imports.length).toBeGreaterThan(1_000);
  expect(brokenWalls(imports, rules)).toEqual([]);
});

test("no folders need each other", () => {
  expect(folderCycles(sources(ORDER))).toEqual([]);
});

test("the SDK's protocol and programs need nothing of its market", () => {
  const rooms = /^sdk\/src\/(protocol|program|concurrency)\//;
  const outside = sources(["sdk"])
    .filter(({ file }) => rooms.test(file))
    .filter(({ file, specifier = "" }) => {
      return specifier.startsWith(".") && !rooms.test(normalize(join(dirname(file), specifier)));
    });
  expect(outside).toEqual([]);
});

test("a room of the worker needs those above it in the table", () => {
  const rowOf = (path: string) => {
    const [, room = ""] = /^worker\/src\/([^/]+)\//.exec(path) ?? [];
    return WORKER_ROWS.findIndex((row) => row.includes(room));
  };
  const downwards = sources(["worker"]).filter(({ file, specifier = "" }) => {
    const target = normalize(join(dirname(file), specifier));
    return specifier.startsWith(".") && rowOf(file) >= 0 && rowOf(target) > rowOf(file);
  });
  expect(downwards).toEqual([]);
});

describe("what would break them is noticed", () => {
  test.each([
    ["network/src/peer.ts", 'import "@assay/worker";', "network does not declare @assay/worker"],
    ["network/src/peer.ts", 'import "../../worker/src/index.ts";', "reaches into worker/src/index"],
    ["network/src/peer.ts", 'import x from "../../test/fixtures/x.ts";', "reaches into test/"],
    ["network/src/peer.ts", 'import type { A } from "@assay/worker";', "does not declare"],
    ["network/src/peer.ts", 'export * from "@assay/worker";', "does not declare"],
    ["network/src/peer.ts", 'type A = import("@assay/worker").A;', "does not declare"],
    ["network/src/peer.ts", "await import(`@assay/worker`);", "does not declare"],
    ["network/src/peer.ts", 'await import(/* "x" */ "@assay/worker", {});', "does not declare"],
    ["network/src/peer.ts", "await import(named);", "computes what it imports"],
    ["network/src/peer.ts", 'require("@assay/worker");', "does not declare"],
    ["network/src/peer.ts", 'createRequire(u)("@assay/worker");', "does not declare"],
    ["network/src/peer.ts", 'import.meta.resolve("@assay/worker");', "does not declare"],
    [
      "network/src/peer.ts",
      'new URL("../../cli/src/main.mjs", import.meta.url);',
      "reaches into cli/src/main.mjs",
    ],
    ["network/src/peer.ts", 'import {\n a, // it\'s; b\n} from "assay";', "does not declare assay"],
    ["network/src/peer.ts", 'let a; import "@assay/worker";', "does not declare"],
    ["worker/src/index.ts", 'import "@assay/network/src/p2p/x.ts";', "is no entry of network"],
  ])("%s with %s", (file, source, said) => {
    const found = brokenWalls(importsIn(source, file), rules);
    expect(found).toEqual([expect.stringContaining(said)]);
  });

  test("a package that declares one above it", () => {
    const queue = { name: "@assay/queue", dependencies: { "@assay/worker": "0.1.0" } };
    const upwards = { ...rules, manifests: { ...manifests, queue } };
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
