import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createPeer } from "@assay/network";
import { httpRunner } from "@assay/runners/http";
import { peersRunner } from "@assay/runners/peers";
import { afterEach, expect, test } from "vitest";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { call } from "../../test/call.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A host as a process of its own. */
async function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  ended.push(() => child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  const said = JSON.parse(line) as { url: string };
  return { child, said, url: said.url };
}

test("the page's command serves a runner, and SIGTERM drains it", async () => {
  const page = await readFile(new URL("../../../docs/runners.md", import.meta.url), "utf8");
  const [, command = ""] = /^```sh\n(.*)\n```/m.exec(page) ?? [];
  const { child, url } = await start(command.split(" ").slice(1));
  const runner = httpRunner({ hosts: [url] });
  ended.push(() => runner.close());
  const exit = once(child, "exit");
  const results: number[] = [];
  for await (const { position } of runner.run({ program: echo.wasm, inputs: numbered(200) })) {
    results.push(position);
  }
  expect(results).toHaveLength(200);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
});

test("with --peers it serves whoever names it, without a token", async () => {
  const argv = ["runner", "serve", "--peers", "--processes", "1", "--json"];
  const { child, said } = await start(argv);
  const { peerId, multiaddrs } = said as unknown as { peerId: string; multiaddrs: string[] };
  const peer = await createPeer({ memory: true, network: "local", bootstrap: multiaddrs });
  ended.push(() => peer.stop());
  await expect.poll(() => peer.peers.some((other) => other.peerId === peerId)).toBe(true);
  const runner = peersRunner({ peer, allow: [peerId] });
  ended.push(() => runner.close());
  const positions: number[] = [];
  for await (const { position } of runner.run({ program: echo.wasm, inputs: numbered(50) })) {
    positions.push(position);
  }
  expect(positions).toHaveLength(50);
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
});

test("a token comes from a file or from the environment", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-token-"));
  ended.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "token");
  await writeFile(file, "from the file\n");
  const options = ["runner", "serve", "--listen", "127.0.0.1:0", "--processes", "1", "--json"];
  const hosts = [
    { ...(await start([...options, "--token-file", file])), token: "from the file" },
    { ...(await start(options, { ASSAY_RUNNER_TOKEN: "from outside" })), token: "from outside" },
  ];
  for (const { url, token } of hosts) {
    const statusOf = async (bearer: string) =>
      (await fetch(`${url}/v1`, { headers: { authorization: `Bearer ${bearer}` } })).status;
    expect([await statusOf(token), await statusOf("another")]).toEqual([200, 401]);
  }
});

test.each([
  ["a place that is not this machine", ["--listen", "0.0.0.0:0"], /set a token: add --token-file/],
  ["a certificate alone", ["--tls-cert", "cert.pem"], /give both, or none/],
  ["a token that is not there", ["--token-file", "/nowhere/token"], /token cannot be read/],
  ["no certificate", ["--tls-cert", "/nowhere/c", "--tls-key", "/nowhere/k"], /ENOENT/],
])("%s is refused in one line", async (_, argv, line) => {
  const { exitCode, stderr } = await call(["runner", "serve", ...argv]);
  expect(exitCode).not.toBe(0);
  expect(stderr.trim()).toMatch(line);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
