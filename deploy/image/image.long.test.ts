import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bytesToHex, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packAll } from "../../packaging/packAll.ts";
import { startChain } from "../../test/fixtures/chain.ts";
import { numbered, slowEcho } from "../../test/fixtures/programs.ts";
import { accountOf, startedThings, startRequester } from "../../worker/test/network.ts";
import { UID } from "./base.ts";
import { type Built, buildImage } from "./build.ts";
import { makeBundle } from "./container.ts";

const MOST_BYTES = 150e6;
const repository = fileURLToPath(new URL("../..", import.meta.url));
const isInstalled = (program: string) => spawnSync(program, ["--version"]).status === 0;
/** What Debian has: `apt-get install runc umoci`; crun does not take a machine whose control groups are of two versions. */
const RUNTIME = ["runc", "crun"].find(isInstalled) ?? "runc";
const canBuild = isInstalled("apt-get") && isInstalled("dpkg-deb");
const canRun = canBuild && isInstalled(RUNTIME) && isInstalled("umoci") && process.getuid?.() === 0;

describe.runIf(canBuild)("the image", () => {
  const things = startedThings();
  let folder: string;
  let out: string;
  let built: Built[];
  let again: Built[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-image-"));
    things.add(() => rm(folder, { recursive: true }));
    out = join(folder, "first");
    const tarballs = await packAll();
    built = await buildImage(["amd64", "arm64"], { repository, out, tarballs });
    again = await buildImage(["amd64"], {
      repository,
      out: join(folder, "second"),
      tarballs: await packAll(),
    });
  }, 3_600_000);
  afterAll(() => things.end());

  test("is small, and has the same bytes when it is built again", () => {
    expect(built.map(({ architecture }) => architecture)).toEqual(["amd64", "arm64"]);
    for (const { bytes } of built) expect(bytes).toBeLessThan(MOST_BYTES);
    expect(again[0]).toEqual(built[0]);
  });

  test("has a bill of materials with what it consists of", async () => {
    for (const architecture of ["amd64", "arm64"]) {
      const bill = JSON.parse(await readFile(join(out, `sbom-${architecture}.cdx.json`), "utf8"));
      const names: string[] = bill.components.map(({ purl }: { purl: string }) => purl);
      expect(names.length).toBeGreaterThan(300);
      for (const part of [
        "pkg:deb/debian/libc6@",
        "pkg:npm/libp2p@",
        "pkg:npm/better-sqlite3@",
        "pkg:npm/%40assay/worker@",
      ]) {
        expect(
          names.some((name) => name.startsWith(part)),
          part,
        ).toBe(true);
      }
    }
  });

  test.runIf(canRun)(
    "runs a worker under an OCI runtime, as nobody in particular on a read-only root, and drains on SIGTERM",
    async () => {
      const chain = await startChain();
      things.add(() => chain.stop());
      const requester = await startRequester(chain, things);
      const key = accountOf(chain, 2).getHdKey().privateKey;
      if (key === null) throw new TypeError("an account without a key");
      const bundle = join(folder, "bundle");
      await makeBundle(bundle, {
        ...{ image: `${join(folder, "second/layout")}:assay:0.1.0`, data: join(folder, "data") },
        argv: ["worker", "start", "--json"],
        environment: {
          ...{
            ASSAY_RPC: chain.rpcUrl,
            ASSAY_MARKETPLACE: chain.marketplace,
            ASSAY_NETWORK: "local",
          },
          ...{ ASSAY_PRIVATE_KEY: bytesToHex(key), ASSAY_STAKE: "1", ASSAY_PROCESSES: "1" },
          ...{ ASSAY_LISTEN: "/ip4/127.0.0.1/tcp/0", ASSAY_METRICS_LISTEN: "127.0.0.1:0" },
          ASSAY_BOOTSTRAP: requester.peer.multiaddrs.join(","),
        },
      });
      const id = `assay-test-${process.pid}`;
      const child = spawn(RUNTIME, ["run", "--bundle", bundle, id], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      things.add(() => spawnSync(RUNTIME, ["delete", "--force", id]));
      const gone = once(child, "exit");
      const lines: { msg: string; url?: string; batches?: number }[] = [];
      createInterface(child.stdout).on("line", (text) =>
        lines.push(text.startsWith("{") ? JSON.parse(text) : { msg: text }),
      );
      const line = async (msg: string) => {
        await expect
          .poll(() => lines.find((one) => one.msg === msg), { message: msg })
          .toBeDefined();
        return lines.find((one) => one.msg === msg);
      };
      const { url } = (await line("metrics served")) ?? {};
      await line("node started");
      expect((await fetch(`${url}/health`)).status).toBe(200);

      const { pid } = JSON.parse(spawnSync(RUNTIME, ["state", id], { encoding: "utf8" }).stdout);
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(
        new RegExp(`^Uid:\\s+${UID}\\s+${UID}`, "m"),
      );
      const write = 'require("node:fs").writeFileSync(process.argv[1], "")';
      const written = (path: string) =>
        spawnSync(RUNTIME, ["exec", id, "/usr/local/bin/node", "-e", write, path], {
          encoding: "utf8",
        });
      expect(written("/app/x").stderr).toContain("EROFS");
      expect(written("/data/x").status).toBe(0);

      const job = await requester.market.submitJob({
        program: slowEcho.wasm,
        inputs: numbered(60),
        rewardPerTask: parseEther("0.001"),
        batchSize: 30,
      });
      await line("batch claimed");
      spawnSync(RUNTIME, ["kill", id, "TERM"]);
      await line("node draining");
      expect(await line("node drained")).toMatchObject({ batches: 0 });
      expect(await gone).toEqual([0, null]);
      expect(lines.at(-1)?.msg).toBe("node stopped");
      const { batches } = await job.status();
      expect(batches).toMatchObject({ claimed: 0 });
      expect(batches.submitted).toBeGreaterThan(0);
    },
  );
});
