import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createClientMetrics } from "./http/client/metrics.ts";
import { createHostMetrics } from "./http/server/metrics.ts";

// docs/runners.md: its blocks run, and its metrics are those that there are. cli/src/runner/serve.test.ts runs its command.

const page = await readFile(new URL("../../docs/runners.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function run(code: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "assay-docs-"));
  folders.push(folder);
  const file = join(folder, "block.ts");
  const resolved = code.replaceAll(/from "(@assay\/[^"]+)"/g, (_, name: string) => {
    return `from ${JSON.stringify(import.meta.resolve(name))}`;
  });
  await writeFile(file, resolved);
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [status] = await once(child, "close");
  expect(status, said).toBe(0);
  return said.split("\n").toSorted().join("\n").trim();
}

test.each([
  [0, "0 olleh\n1 morf\n2 sregnarts"],
  [1, "100 done"],
  [2, "100 done"],
  [3, "20 done"],
])("block %i prints what it should", async (index, printed) => {
  expect(blocks).toHaveLength(4);
  expect(await run(blocks[index] ?? "")).toBe(printed);
});

test("its metrics are those that there are", async () => {
  const named = [...page.matchAll(/^\| `(assay_\w+)`/gm)].map(([, name]) => name);
  const registries = [createClientMetrics().registry, createHostMetrics().registry];
  const known = registries.flatMap((registry) =>
    registry.getMetricsAsArray().map(({ name }) => name),
  );
  expect(named.toSorted()).toEqual(known.toSorted());
});
