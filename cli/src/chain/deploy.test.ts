import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { marketplaceAbi } from "@assay/sdk";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { localParameters } from "../../../test/fixtures/chain.ts";
import { startFaultyRpc } from "../../../test/fixtures/faultyRpc.ts";
import { CHAIN_ID, deploying, keyOf, RULES } from "../../test/deploying.ts";

const MAIN = fileURLToPath(new URL("../main.mjs", import.meta.url));
const here = deploying();

describe("chain deploy", () => {
  test("deploys to an unknown chain, and writes what the other commands use", async () => {
    await here.startChain();
    const { code, json, stderr } = await here.deploy(["--yes"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("contracts deployed: 8 of 8")]);
    const { marketplace, jury, randomness, proof, offers, blockNumber } = json as unknown as Record<
      string,
      unknown
    >;
    expect(JSON.parse(await readFile(here.out, "utf8"))).toEqual({
      [CHAIN_ID]: { marketplace, jury, randomness, proof, offers, blockNumber, confirmations: 1 },
    });
    const address = marketplace as Address;
    const call = { address, abi: marketplaceAbi, functionName: "parameters" } as const;
    expect(await here.reader().readContract(call)).toEqual(localParameters);
    const before = { address, blockNumber: BigInt(Number(blockNumber)) - 1n };
    expect(await here.reader().getCode(before)).toBeUndefined();

    const environment = { ASSAY_RPC: here.rpcUrl, ASSAY_DEPLOYMENT: here.out };
    const info = await here.run(["chain", "info", "--json"], environment);
    expect(info).toMatchObject({ code: 0, json: { chainId: CHAIN_ID, marketplace, jury, proof } });
    expect(await here.verify(["--parameters", RULES])).toMatchObject({
      code: 0,
      json: { ok: true },
    });
    expect(await here.deploy()).toMatchObject({ code: 0, json });
    expect(await here.transactions()).toBe(8);
  });

  test("deploys to Hardhat's node, a development chain, and asks nothing", async () => {
    const hardhat = fileURLToPath(new URL("../../../node_modules/.bin/hardhat", import.meta.url));
    const node = spawn(hardhat, ["node", "--hostname", "127.0.0.1", "--port", "0"], {
      cwd: fileURLToPath(new URL("../../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(node, "close");
    here.started.add(async () => {
      node.kill();
      await closed;
    });
    for await (const line of createInterface(node.stdout)) {
      const [, address] = /(127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (address === undefined) continue;
      here.rpcUrl = `http://${address}`;
      break;
    }
    node.stdout.resume();
    const { code, stderr } = await here.deploy();
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("gas ")]);
    expect(await here.verify(["--parameters", RULES])).toMatchObject({
      code: 0,
      json: { ok: true },
    });
  });

  test("shows what it costs, and spends nothing without a yes", async () => {
    await here.startChain();
    const { code, stderr } = await here.deploy();
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^deployment +Remedies, Marketplace, BlockRandomness, JuryArbiter, InstructionVerifier, HostStepVerifier, ProofArbiter, Offers$/m,
    );
    expect(stderr).toMatch(/^gas +about 0\.0\d+ ether: \d{8} at \S+ gwei$/m);
    expect(stderr).toMatch(/^from +0xf39F\S+, which has 10000 ether$/m);
    expect(stderr).toMatch(/There is no terminal to ask on: give --yes to go ahead\.$/);
    const poor = await here.deploy(["--yes"], {
      environment: { ASSAY_PRIVATE_KEY: `0x${"11".repeat(32)}` },
    });
    expect([poor.code, poor.stderr]).toEqual([1, expect.stringContaining("has 0 ether and needs")]);
    expect(await here.transactions()).toBe(0);
  });

  test("refuses parameters as the contracts would, before it costs anything", async () => {
    await here.startChain();
    const good = await readFile(RULES, "utf8");
    for (const [from, to, said] of [
      ['"slashBps": 5000', '"slashBps": 50000', "Marketplace_OutOfBounds(slashBps, 50000, 1000,"],
      ['"jurySize": 3', '"jurySize": 4', "JuryArbiter_EvenJury(4)"],
      ['"clockSeconds": 3600', '"clockSeconds": 0', "ProofArbiter_ZeroClock()"],
      [
        '"clockSeconds": 3600',
        '"clockSeconds": 302400',
        "shorter than disputeTimeoutSeconds, 604800",
      ],
      ['"feeWei": "2', '"feeWei": "4000', "the least slash pays back 400000000000000 wei"],
      ['"1n"', '"5000n"', "BlockRandomness_DelayOutOfBounds(5000, 1, 1000)"],
      ['"slashBps"', '"slashBsp"', "Marketplace lacks slashBps: add it"],
      ['"burnBps"', '"more": 1, "burnBps"', "Marketplace has more, which is no rule"],
      ['"slashBps": 5000', '"slashBps": "much"', "slashBps has to be a whole number such as 5000"],
      [good, "{", "is no JSON"],
      [good, "[]", "the file lacks Marketplace"],
    ] as const) {
      const { code, stderr } = await here.deploy(["--yes"], {
        parameters: await here.changed(from, to),
      });
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect(await here.transactions()).toBe(0);
  });

  test("says how to go on when it was begun with something else", async () => {
    await here.startChain();
    expect(await here.deploy(["--yes"])).toMatchObject({ code: 0 });
    const other = { parameters: await here.changed('"slashBps": 5000', '"slashBps": 6000') };
    for (const how of [other, { account: 1 }]) {
      const { code, stderr } = await here.deploy(["--yes"], how);
      expect(code).toBe(1);
      expect(stderr).toMatch(/has been changed.* begin anew with another --journal\.$/);
    }
    expect(await here.transactions()).toBe(8);
  });

  test("killed at any moment it goes on where it stopped, and sends nothing twice", async () => {
    await here.startChain("--block-time", "1");
    const argv = here.deployArguments("--parameters", RULES, "--yes");
    for (const moment of [
      ...["BlockRandomness begun", "BlockRandomness sent", "Remedies begun", "Remedies deployed"],
      ...["Marketplace sent", "JuryArbiter begun", "JuryArbiter sent"],
      ...["HostStepVerifier sent", "ProofArbiter begun", "ProofArbiter sent"],
    ]) {
      await killAt(moment, argv);
    }
    expect(await here.deploy(["--yes"])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("8 of 8"),
    });
    expect(await here.transactions()).toBe(8);
    expect(await here.verify(["--parameters", RULES])).toMatchObject({
      code: 0,
      json: { ok: true },
    });
  });

  test("goes on after the chain was away, and shows no key of its address", async () => {
    await here.startChain();
    await using proxy = await startFaultyRpc(here.rpcUrl);
    const secret = "0123secret";
    here.rpcUrl = `${proxy.url}/v2/${secret}`;
    let sent = 0;
    proxy.misbehave(({ method }) => {
      if (method === "eth_sendRawTransaction") sent += 1;
      return sent > 2 ? { http: 503 } : undefined;
    });
    const failed = await here.deploy(["--yes"]);
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/the same command again/),
    ]);
    expect(failed.stderr).not.toContain(secret);
    proxy.misbehave(undefined);
    expect(await here.deploy(["--yes"])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("8 of 8"),
    });
    expect(await here.transactions()).toBe(8);
  });
});

/** Kills a command when it has said something, or when it has ended before. */
async function killAt(moment: string, argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, ASSAY_PRIVATE_KEY: keyOf(0) },
  });
  const exit = once(child, "exit");
  for await (const line of createInterface(child.stderr)) {
    if (line.includes(moment)) break;
  }
  child.kill("SIGKILL");
  await exit;
}
