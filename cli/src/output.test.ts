import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("main.mjs", import.meta.url));
const argv = [main, "chain", "list", "--json"];

async function endOf(child: ReturnType<typeof spawn>) {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, stderr };
}

test("a reader that is gone ends a command silently", async () => {
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  expect(await endOf(child)).toEqual({ exitCode: 1, stderr: "" });
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full is said in one line", async () => {
  const full = await open("/dev/full", "w");
  const child = spawn(process.execPath, argv, { stdio: ["ignore", full.fd, "pipe"] });
  const { exitCode, stderr } = await endOf(child);
  await full.close();
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: "assay: Standard output cannot be written (ENOSPC).\n",
  });
});
