import { spawnSync } from "node:child_process";
import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { isLong, variants } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForFile } from "../../../worker/test/market.ts";
import {
  type NodeProcess,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";

let chain: TestChain;
let requester: Requester;
let folder: string;
const forTest = marketForFile((market) => {
  ({ chain, requester } = market);
});
beforeEach(async () => {
  folder = await temporaryFolder(forTest);
});

/** A node with its data on a small disk of its own, which no other process has mounted. */
function startOnDisk(prepare: string, size = "64m"): NodeProcess {
  const { argv, environment } = workerArguments(chain, requester, {
    dataDir: join(folder, "data"),
  });
  const script = `mount -t tmpfs -o size=${size} none '${folder}' && ${prepare} exec "$@"`;
  const through = ["unshare", "-rm", "sh", "-c", script, "sh"];
  return startCli(argv, forTest, environment, through);
}

const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const mounting = test.skipIf(!canMount);
if (!canMount) process.stdout.write("no disks of their own: this system lets nobody mount one\n");

const fills: [string, string, RegExp][] = [
  ["nearly full", "head -c 66900000 /dev/zero >", /No space left|ENOSPC|SQLITE_FULL/i],
  ["full", "head -c 100m /dev/zero 2>/dev/null >", /No space left|ENOSPC/i],
];
mounting.each(variants(fills))(
  "a %s disk at the start is named, in one line",
  async (_, fill, reason) => {
    const node = startOnDisk(`{ ${fill} '${folder}/fill'; true; } &&`);
    expect(await node.exit).toBe(1);
    expect(node.stderr.trim().split("\n")).toHaveLength(1);
    expect(node.stderr).toMatch(reason);
    expect(node.stderr).toContain(folder);
  },
);

test.runIf(isLong && canMount)("a read-only disk at the start is named, in one line", async () => {
  const node = startOnDisk(`mkdir '${folder}/data' && mount -o remount,ro '${folder}' &&`);
  expect(await node.exit).toBe(1);
  expect(node.stderr).toMatch(/data folder .*EROFS/);
});

mounting(
  "a disk that is full later on is named; when it has room, the node does what came meanwhile",
  async () => {
    const node = startOnDisk("", "300m"); // with less it claims nothing from the beginning
    await node.line("node started");
    // What the process sees, from outside.
    const fill = join(`/proc/${node.pid}/root`, folder, "fill");
    spawnSync("sh", ["-c", `head -c 400m /dev/zero > '${fill}'`]); // to the last byte
    const notFollowed = node.line("chain not followed");
    // Its database may have room within its files for the first ones.
    const jobIds: string[] = [];
    for (let isNoted = true; isNoted; ) {
      const { jobId } = await requester.market.submitJob({
        ...{ program: echo.wasm, inputs: numbered(4), rewardPerTask: 10n ** 15n, batchSize: 4 },
      });
      jobIds.push(jobId);
      const discovered = node.line("job discovered", (line) => line.jobId === jobId);
      isNoted = await Promise.race([notFollowed.then(() => false), discovered.then(() => true)]);
    }
    expect((await notFollowed).error).toContain(join(folder, "data", "node.sqlite"));
    await rm(fill);
    for (const jobId of jobIds) await node.line("batch submitted", (line) => line.jobId === jobId);
    const discovered = node.lines.filter(({ msg }) => msg === "job discovered");
    expect(discovered.map(({ jobId }) => jobId).toSorted()).toEqual(jobIds.toSorted());
  },
);

test("a damaged database ends a node with 3, which systemd takes for final, and with what to do", async () => {
  const dataDir = join(folder, "data");
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  const node = startCli(argv, forTest, environment);
  await node.line("node started");
  node.kill("SIGINT");
  await node.exit;
  const file = join(dataDir, "node.sqlite");
  await truncate(file, 5_000);
  const again = startCli(argv, forTest, environment);
  expect(await again.exit).toBe(3);
  expect(again.stderr).toContain(`assay: The node's database ${file} is damaged (`);
  for (const ending of ["", "-wal", "-shm"]) await rm(`${file}${ending}`, { force: true });
  await startCli(argv, forTest, environment).line("node started");
});
