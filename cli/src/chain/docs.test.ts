import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestClient, http, parseEther } from "viem";
import { afterAll, expect, test } from "vitest";
import { startAnvil } from "../../../test/fixtures/chain.ts";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { call } from "../../test/call.ts";

// What docs/chains.md says is run, from the key to the check.

const page = await readFile(new URL("../../../docs/chains.md", import.meta.url), "utf8");
const started = startedThings();
afterAll(() => started.end());

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

test("its commands work as they stand, one after the other", async () => {
  const node = await startAnvil(["--chain-id", "5151"]);
  started.add(() => node.stop());
  const folder = await temporaryFolder(started);
  const [parameters = ""] = blocks("json");
  await writeFile(join(folder, "parameters.json"), parameters);
  await writeFile(join(folder, "password"), "correct horse\n");
  const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
  expect(commands).toHaveLength(6);
  for (const command of commands) {
    const argv = command
      .replaceAll("http://127.0.0.1:8545", node.rpcUrl)
      .replaceAll(/(?<= )(deployer|password|\w+\.json)(?= |$)/g, (name) => join(folder, name))
      .split(" ")
      .slice(1);
    if (argv[1] === "deploy") argv.push("--journal", join(folder, "journal"));
    const { exitCode, stdout, stderr } = await call(argv);
    expect([command, exitCode, exitCode === 0 ? "" : stderr]).toEqual([command, 0, ""]);
    const [, address] = /^address +(0x\w{40})$/m.exec(stdout) ?? [];
    if (address === undefined) continue;
    const client = createTestClient({ mode: "anvil", transport: http(node.rpcUrl) });
    await client.setBalance({ address: address as `0x${string}`, value: parseEther("1") });
  }
});
