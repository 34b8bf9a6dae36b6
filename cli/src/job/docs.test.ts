import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { marketForAllTests } from "../../../worker/test/market.ts";
import { next, type Requester, startNode, temporaryFolder } from "../../../worker/test/network.ts";
import { callCli, devEnvironment, jsonLines } from "../../test/callCli.ts";
import { jobCommands } from "./commands.ts";

const page = await readFile(new URL("../../../docs/buying.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);

let chain: TestChain;
let requester: Requester;
let folder: string;
const started = marketForAllTests((market) => {
  ({ chain, requester } = market);
});
beforeEach(async () => {
  folder = await temporaryFolder(started);
  const source = "export function main(input: Uint8Array): Uint8Array { return input; }";
  await writeFile(join(folder, "upper.ts"), source);
  await writeFile(join(folder, "words.txt"), "hello\nworld\n");
});

test("the commands of docs/buying.md work as they stand, one after the other", async () => {
  const node = await startNode(chain, requester, started);
  const env = devEnvironment(chain, requester);
  let job = "";
  expect(commands.length).toBeGreaterThan(9);
  for (const command of commands) {
    const argv = command
      .replace("$JOB", job)
      .replaceAll(/(?<= )(upper\.ts|words\.txt|results|job\.car)(?= |$)(?<!job results)/g, (name) =>
        join(folder, name),
      )
      .split(" ")
      .slice(1);
    const call = callCli(argv, env);
    if (argv[1] === "watch") {
      const settled = next(node, "batch settled", ({ batch }) => batch === 1);
      await chain.increaseTime(601);
      await settled;
    }
    const { exitCode, stdout, stderr, line } = await call;
    // Its worker is paid by then: there is nothing to take back, and job.test.ts cancels one that is open.
    const isTooLate = argv[1] === "cancel";
    const told = isTooLate ? expect.stringContaining("nothing to take back") : undefined;
    expect([command, exitCode, line, stderr]).toEqual([command, isTooLate ? 1 : 0, told, stderr]);
    if (argv[1] === "post") job = stdout.trim();
  }
});

test("what `--json` prints is what the page says, and no more", async () => {
  await startNode(chain, requester, started);
  const env = devEnvironment(chain, requester);
  const inputs = [
    "--program",
    join(folder, "upper.ts"),
    "--inputs-lines",
    join(folder, "words.txt"),
  ];
  const fieldsOf = (name: string) => {
    const [, row = ""] = new RegExp(`^\\| \`${name}\` \\|(.*)\\|$`, "m").exec(page) ?? [];
    return [...row.matchAll(/`(\w+)`/g)].map(([, field]) => field);
  };
  const run = async (...argv: string[]) => {
    const call = await callCli([...argv, "--json"], env);
    expect(call).toMatchObject({ exitCode: 0, line: undefined });
    const lines = jsonLines(call);
    const known = fieldsOf(argv.slice(0, 2).join(" "));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect([argv[1], Object.keys(line).filter((key) => !known.includes(key))]).toEqual([
        argv[1],
        [],
      ]);
    }
    return lines;
  };
  await run("job", "quote", ...inputs);
  const [posted] = await run("job", "post", ...inputs, "--reward", "0.01");
  const id = String(posted?.jobId);
  await run("job", "status", id);
  await run("job", "list");
  await run("job", "why", id);
  await run("job", "results", id);
  await run("job", "audit", id);
  const car = join(folder, "job.car");
  await run("job", "export", id, car);
  await run("job", "cancel", id);
});

test("every command of the noun is on the page", () => {
  for (const verb of Object.keys(jobCommands)) expect(page).toContain(`\`job ${verb}\``);
});
