import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { marketForEachTest } from "../../../worker/test/market.ts";
import {
  accountOf,
  type NodeProcess,
  type Requester,
  startCli,
  startNode,
  temporaryFolder,
} from "../../../worker/test/network.ts";
import { callCli, devEnvironment } from "../../test/callCli.ts";

const page = await readFile(new URL("../../../docs/market.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block.trim());

let chain: TestChain;
let requester: Requester;
const started = marketForEachTest((market) => {
  ({ chain, requester } = market);
});

/** The command on the page that begins so, as arguments. */
function argvOf(beginning: string): string[] {
  const command = commands.find((one) => one.startsWith(`assay ${beginning}`));
  if (command === undefined) throw new Error(`the page has no assay ${beginning}`);
  return command.split(" ").slice(1);
}

const keyOf = (index: number) =>
  bytesToHex(accountOf(chain, index).getHdKey().privateKey ?? new Uint8Array());

test("the commands of docs/market.md work as they stand", async () => {
  expect(commands.map((one) => one.split(" ").slice(1, 3).join(" "))).toEqual([
    ...["job quote", "job why", "relay --listen", "worker start"],
  ]);
  const folder = await temporaryFolder(started);
  const source = "export function main(input: Uint8Array): Uint8Array { return input; }";
  await writeFile(join(folder, "upper.ts"), source);
  await writeFile(join(folder, "words.txt"), "hello\nworld\n");
  const here = (word: string) =>
    /^(upper\.ts|words\.txt)$/.test(word) ? join(folder, word) : word;
  // A worker that has stake, and then nothing else.
  const account = accountOf(chain, 2);
  await startNode(chain, requester, started, { account: 2 }).then((staked) => staked.stop());
  await chain.setBalance(account.address, 0n);
  const node = await startNode(chain, requester, started, { account: 3 });
  const env = devEnvironment(chain, requester);

  const quote = () => callCli(argvOf("job quote").map(here), env);
  let quoted = await quote();
  while (!quoted.stdout.includes("asked by workers")) quoted = await quote();
  expect(quoted.exitCode).toBe(0);
  for (const row of ["asked by workers", "would take it", "gas of the whole job"]) {
    expect(quoted.stdout).toContain(row);
  }
  await node.stop();
  const work = ["--program", "upper.ts", "--inputs-lines", "words.txt"].map(here);
  const posting = callCli(["job", "post", ...work, "--reward", "0.01", "--batch-size", "2"], env);
  const jobs = () => callCli(["job", "list", "--json"], env);
  let listed = await jobs();
  while (!listed.stdout.includes("jobId")) listed = await jobs();
  const [line = ""] = listed.stdout.split("\n");
  const { jobId } = JSON.parse(line) as { jobId: string };
  const why = await callCli(
    argvOf("job why").map((word) => word.replace("$JOB", jobId)),
    env,
  );
  expect(why).toMatchObject({ exitCode: 0, line: undefined });
  expect(why.stdout).toMatch(/^[A-Z_]+: /);

  const common = { ...env, ASSAY_DATA_DIR: join(folder, "relay"), ASSAY_PRIVATE_KEY: keyOf(9) };
  const relay = startCli(
    argvOf("relay").map((word) => word.replace(":8788", ":0")),
    started,
    common,
  );
  const urlOf = ({ lines }: NodeProcess) => lines.find(({ msg }) => msg.startsWith("http:"))?.msg;
  await expect.poll(() => urlOf(relay), { timeout: 120_000 }).toBeDefined();
  const worker = startCli(
    argvOf("worker start").map((word) => (word.startsWith("http:") ? String(urlOf(relay)) : word)),
    started,
    {
      ...{ ...common, ASSAY_DATA_DIR: join(folder, "worker"), ASSAY_PRIVATE_KEY: keyOf(2) },
      ...{ ASSAY_NETWORK: "local", ASSAY_LOG_FORMAT: "json" },
    },
  );
  await worker.line("batch submitted");
  worker.kill("SIGTERM");
  relay.kill("SIGTERM");
  expect(await Promise.all([worker.exit, relay.exit])).toEqual([0, 0]);
  expect((await posting).exitCode).toBe(0);
});
