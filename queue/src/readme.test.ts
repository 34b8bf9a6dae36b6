import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../worker/test/network.ts";

const started = startedThings();
afterEach(() => started.end());

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);

/** Runs a code block in a folder of its own, with the packages that it names. */
async function run(code: string): Promise<string> {
  const folder = await temporaryFolder(started);
  const file = join(folder, "block.ts");
  const resolved = code
    .replaceAll('"@assay/queue"', JSON.stringify(new URL("index.ts", import.meta.url).href))
    .replaceAll('"better-sqlite3"', JSON.stringify(import.meta.resolve("better-sqlite3")));
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
  return said;
}

test("every code block of the README runs", async () => {
  expect(blocks).toHaveLength(4);
  const [first = "", failure = "", own = "", ends = ""] = blocks;
  expect(await run(first)).toBe("to ada@example.org\n");
  expect(await run(failure)).toBe(
    "lost is dead: there is no such order\n{ ready: 0, delayed: 0, leased: 0, done: 2, dead: 1 }\n",
  );
  expect(await run(own)).toBe("1 1\n");
  expect(await run(ends)).toBe("{ sum: 11 }\n");
});

test("the library stands on nothing else of ours", async () => {
  const folder = new URL(".", import.meta.url);
  const sources = (await readdir(folder)).filter((n) => n.endsWith(".ts") && !n.includes(".test."));
  for (const source of sources) {
    const text = await readFile(new URL(source, folder), "utf8");
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    for (const from of imports) expect(from).toMatch(/^(\.\/\w+\.ts|node:\w+|better-sqlite3)$/);
  }
});
