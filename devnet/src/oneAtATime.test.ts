import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that does something under the lock. */
async function start(name: string, action: string): Promise<ChildProcess> {
  const file = join(folder, `${name}.mts`);
  await writeFile(
    file,
    `import { appendFile } from "node:fs/promises";
    import { setTimeout as sleep } from "node:timers/promises";
    import { oneAtATime } from "${new URL("oneAtATime.ts", import.meta.url)}";
    await oneAtATime(${JSON.stringify(join(folder, "lock"))}, async () => { ${action} });
    process.disconnect();`,
  );
  return fork(file, { stdio: ["ignore", "inherit", "pipe", "ipc"] });
}

test("what several processes do under one lock, they do one after the other", async () => {
  const log = join(folder, "log");
  const note = (what: string) => `await appendFile(${JSON.stringify(log)}, "${what}\\n");`;
  const names = ["a", "b", "c", "d"];
  const processes = await Promise.all(
    names.map((name) =>
      start(name, `${note(`${name} begins`)} await sleep(30); ${note(`${name} ends`)}`),
    ),
  );
  const exits = await Promise.all(processes.map((process) => once(process, "exit")));
  expect(exits).toEqual(names.map(() => [0, null]));
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  const order = lines.filter((_, i) => i % 2 === 0).map(([name]) => name);
  expect(lines).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect(order.sort()).toEqual(names);
});

test("a process that is killed gives its lock back", async () => {
  const holder = await start("holder", `process.send("has it"); await sleep(60_000);`);
  await once(holder, "message");
  const next = await start("next", `process.send("has it");`);
  const taken = once(next, "message");
  holder.kill("SIGKILL");
  expect(await taken).toEqual(["has it", undefined]);
});
