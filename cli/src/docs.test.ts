import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { nodeOptions } from "../../worker/src/config/nodeOptions.ts";
import { metricTree } from "../../worker/src/observe/metricTree.ts";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { commands, runCli } from "./cli.ts";
import { namedCommands } from "./commandLine/tree.ts";

// What the pages for operators say is run, or looked up.

const root = fileURLToPath(new URL("../..", import.meta.url));
const operating = await readFile(join(root, "docs/operating.md"), "utf8");
const limits = await readFile(join(root, "docs/LIMITS.md"), "utf8");
const started = startedThings();
afterAll(() => started.end());

const blocks = (language: string) =>
  [...operating.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

const definitions = Object.values(nodeOptions) as { key?: string; default?: string }[];
const keys = new Map(definitions.flatMap(({ key, ...rest }) => (key ? [[key, rest]] : [])));

test("its commands work as they stand, with its configuration", async () => {
  const folder = await temporaryFolder(started);
  const [yaml = ""] = blocks("yaml");
  await writeFile(
    join(folder, "assay.yaml"),
    yaml.replaceAll("/var/lib/assay", join(folder, "node")),
  );
  await writeFile(join(folder, "password"), "correct horse\n");
  await mkdir(join(folder, "node"));
  const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
  expect(commands).toHaveLength(6);
  // These two want a network and a database; life.test.ts and configuration.test.ts run them.
  const runnable = commands.filter((command) => !/worker (start|backup)/.test(command));
  const inFolder = /(?<=--(?:data-dir|password-file|config) )\S+/g;
  for (const command of runnable) {
    const argv = command
      .replaceAll(inFolder, (name) => join(folder, name))
      .split(" ")
      .slice(1);
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
    expect([command, await runCli(argv, { env: {}, stdout })]).toEqual([command, 0]);
  }
});

test("its alerts ask for metrics that there are", () => {
  const names = Object.values(metricTree).flatMap((area) =>
    Object.values(area).map(({ name }) => name),
  );
  const asked = [...operating.matchAll(/assay_[a-z0-9_]+/g)].map(([name]) => name);
  expect(asked.length).toBeGreaterThan(15);
  for (const name of asked) expect(names).toContain(name);
});

test("values that a key changes are its defaults", () => {
  const rows = [...limits.matchAll(/^\| [^|]+ \| ([^|]+) \| [^|]* \| `([a-z0-9]+\.\w+)` \|$/gm)];
  const numberOf = (text: string) => Number.parseFloat(text.replaceAll(",", ""));
  const withDefault = rows.filter(([, , key = ""]) => keys.get(key)?.default !== undefined);
  expect(withDefault.length).toBeGreaterThan(10);
  for (const [, value = "", key = ""] of withDefault) {
    expect([key, numberOf(value)]).toEqual([key, numberOf(keys.get(key)?.default ?? "")]);
  }
});

test("keys and files that the pages name are there", () => {
  const sections = new Set([...keys.keys()].map((key) => key.split(".")[0]));
  for (const page of [operating, limits]) {
    for (const [, name = ""] of page.matchAll(/`([a-z0-9]+\.[a-zA-Z]+)`/g)) {
      if (sections.has(name.split(".")[0] ?? "") && !name.endsWith(".sqlite")) {
        expect([...keys.keys()]).toContain(name);
      }
    }
    for (const [, path = ""] of page.matchAll(
      /`((?:worker|sdk|cli|network|queue|runners)\/[\w./-]+)`/g,
    )) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    }
  }
});

test("commands that the explorer's pages name are there", () => {
  const known = namedCommands(commands).map(([words]) => `assay ${words.join(" ")}`);
  const pages = globSync("explorer/app/**/*.tsx", { cwd: root });
  const named = pages.flatMap((page) => [
    ...readFileSync(join(root, page), "utf8").matchAll(/<code>(assay [a-z -]+)<\/code>/g),
  ]);
  expect(named.length).toBeGreaterThan(3);
  for (const [, command] of named) expect(known).toContain(command);
});
