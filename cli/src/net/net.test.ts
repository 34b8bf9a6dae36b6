import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type NodeProcess,
  type Started,
  startCli,
  startedThings,
  temporaryFolder,
} from "../../../worker/test/network.ts";

let started: Started;
let dataDir: string;
beforeEach(async () => {
  started = startedThings();
  dataDir = await temporaryFolder(started);
});
afterEach(() => started.end());

const command = (...argv: string[]) => startCli([...argv, "--data-dir", dataDir], started);

/** A node for the network alone, whose roles a file names. */
async function startFromFile(): Promise<NodeProcess> {
  const file = join(dataDir, "assay.yaml");
  await writeFile(
    file,
    `
node: { roles: [bootstrap, relay] }
p2p: { network: local }
log: { format: json }
`,
  );
  const node = command("worker", "start", "--config", file);
  await node.line("control socket open");
  return node;
}

async function end(node: NodeProcess): Promise<void> {
  node.kill("SIGINT");
  await node.exit;
}

test("a node's key can be replaced while it does not run", async () => {
  const node = await startFromFile();
  const { peerId, roles } = await node.line("node started");
  expect(roles).toEqual(["bootstrap", "relay"]);
  const tooEarly = command("net", "rotate-key");
  expect(await tooEarly.exit).toBe(1);
  expect(tooEarly.stderr).toContain("is in use by another node");
  await end(node);

  const again = await startFromFile();
  expect(await again.line("node started")).toMatchObject({ peerId });
  await end(again);

  expect(await command("net", "rotate-key").exit).toBe(0);
  const renewed = await startFromFile();
  expect((await renewed.line("node started")).peerId).not.toBe(peerId);
  await end(renewed);
});

test("there is no key to replace where no node was", async () => {
  const nothing = command("net", "rotate-key");
  expect(await nothing.exit).toBe(2);
  expect(nothing.stderr).toContain("There is no peer in");
});
