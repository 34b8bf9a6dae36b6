/**
 * What posting a job takes by its number of inputs: 64 bytes each, all different, from an async iterable, against a real chain. Each job is
 * posted by a process of its own, whose peer keeps its blocks in files.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytesToHex } from "viem";
import { startChain, type TestChain } from "../test/fixtures/chain.ts";
import { echo } from "../test/fixtures/programs.ts";
import type { Submitted } from "./submitGrowth/orders.ts";

const TASKS = [1_000, 10_000, 100_000, 1_000_000];

const print = (text: string) => process.stdout.write(`${text}\n`);

async function submit(chain: TestChain, tasks: number): Promise<Submitted> {
  const key = chain.accounts[1]?.getHdKey().privateKey;
  if (!key) throw new TypeError("an account without a key");
  const folder = await mkdtemp(join(tmpdir(), "assay-submit-"));
  try {
    await writeFile(join(folder, "program.wasm"), echo.wasm);
    const side = fork(fileURLToPath(new URL("submitGrowth/side.ts", import.meta.url)), [
      ...[chain.rpcUrl, chain.marketplace, bytesToHex(key), folder, String(tasks)],
    ]);
    const exit = once(side, "exit");
    const submitted: Promise<unknown[]> = once(side, "message");
    const [row] = await Promise.race([
      submitted,
      exit.then(([code]) => {
        throw new Error(`the process ended before it had posted its job (exit code ${code})`);
      }),
    ]);
    await exit;
    return row as Submitted;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `npm run bench -- submit-growth` */
export async function submitGrowth(): Promise<void> {
  await using chain = await startChain();
  const rows: Submitted[] = [];
  for (const tasks of TASKS) {
    const { seconds, rssMb, cpuSeconds } = await submit(chain, tasks);
    const rounded = (number: number) => Number(number.toFixed(2));
    rows.push({
      ...{ tasks, seconds: rounded(seconds), rssMb: Math.round(rssMb) },
      cpuSeconds: rounded(cpuSeconds),
    });
    const each = ((1e6 * seconds) / tasks).toFixed(0);
    print(
      `${tasks.toLocaleString("en")} inputs: ${seconds.toFixed(1)} s, ${each} µs each, ${cpuSeconds.toFixed(1)} s of processors, ${rssMb.toFixed(0)} MB`,
    );
  }
  print(JSON.stringify({ rows, content: "files", load: loadavg()[0] }));
}
