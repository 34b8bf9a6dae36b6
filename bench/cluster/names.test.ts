import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startNameServer } from "./names.ts";

const run = promisify(execFile);
const LOOK_UP = fileURLToPath(new URL("lookUp.ts", import.meta.url));

test("a name stands for hosts that come and go, and no other name for any", async () => {
  await using server = await startNameServer("nodes.test");
  const resolver = new Resolver();
  resolver.setServers([server.address]);
  for (const host of ["127.0.1.1", "127.0.1.2", "127.0.1.3"]) server.hosts.add(host);
  const first = await resolver.resolve4("nodes.test");
  const second = await resolver.resolve4("nodes.test");
  expect(first.toSorted()).toEqual([...server.hosts]);
  expect(second).not.toEqual(first);
  expect(second.toSorted()).toEqual(first.toSorted());
  server.hosts.delete("127.0.1.2");
  expect((await resolver.resolve4("nodes.test")).toSorted()).toEqual(["127.0.1.1", "127.0.1.3"]);
  await expect(resolver.resolve4("other.test")).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("a process that loads lookUp.ts asks that server", async () => {
  await using server = await startNameServer("nodes.test");
  server.hosts.add("127.0.1.7");
  const script = `
    import { lookup } from "node:dns/promises";
    console.log(JSON.stringify(await lookup("nodes.test", { all: true, family: 4 })));
    console.log((await lookup("127.0.0.9", { all: true })).length);`;
  const { stdout } = await run(
    process.execPath,
    ["--import", LOOK_UP, "--input-type=module", "--eval", script],
    { env: { ...process.env, BENCH_DNS: server.address } },
  );
  expect(stdout).toBe('[{"address":"127.0.1.7","family":4}]\n1\n');
});
