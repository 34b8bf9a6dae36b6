import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createMarketClient, type MarketClient } from "@assay/sdk";
import {
  type Abi,
  type Address,
  bytesToHex,
  defineChain,
  erc20Abi,
  getAddress,
  type Hex,
  http,
  parseEther,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import playMoney from "../../../devnet/src/generated/playMoney.json" with { type: "json" };
import { startAnvil } from "../../../test/fixtures/chain.ts";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { call } from "../../test/call.ts";

// On a chain that is none for development, so that money is asked for.

const CHAIN_ID = 5_151;
const PARAMETERS = fileURLToPath(
  new URL("../../../ignition/parameters/local.json", import.meta.url),
);
const account = mnemonicToAccount("test test test test test test test test test test test junk");
const key = bytesToHex(account.getHdKey().privateKey ?? new Uint8Array());
const started = startedThings();

let market: MarketClient;
let token: Address;
let where: string[];
let folder: string;
beforeAll(async () => {
  const node = await startAnvil(["--chain-id", String(CHAIN_ID)]);
  started.add(() => node.stop());
  folder = await temporaryFolder(started);
  const deployment = join(folder, "deployment.json");
  where = ["--rpc", node.rpcUrl, "--data-dir", folder];
  const deployed = await call(
    [
      ...["chain", "deploy", ...where, "--parameters", PARAMETERS, "--yes"],
      ...["--out", deployment, "--journal", join(folder, "journal")],
    ],
    { env: { ASSAY_PRIVATE_KEY: key } },
  );
  expect(deployed).toMatchObject({ exitCode: 0 });
  where.push("--deployment", deployment);
  const { marketplace } = JSON.parse(await readFile(deployment, "utf8"))[CHAIN_ID];
  const rpcUrls = { default: { http: [node.rpcUrl] } };
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  const chain = defineChain({ id: CHAIN_ID, name: "test", nativeCurrency, rpcUrls });
  market = createMarketClient({
    ...{ chain, transport: http(node.rpcUrl), account, marketplace, pollingIntervalMs: 20 },
  });
  token = await deployToken();
});
afterAll(() => started.end());

async function deployToken(): Promise<Address> {
  const { abi, bytecode } = playMoney.PlayToken;
  const hash = await market.wallet?.deployContract({
    ...{ abi: abi as Abi, bytecode: bytecode as Hex, args: [account.address, parseEther("10")] },
  });
  const receipt = await market.public.waitForTransactionReceipt({ hash: hash ?? "0x" });
  return getAddress(receipt.contractAddress ?? "0x");
}

const withKey = (argv: string[], typed?: string) =>
  call([...argv, ...where], {
    env: { ASSAY_PRIVATE_KEY: key },
    ...(typed === undefined ? {} : { typed }),
  });
const stakeOf = async () => (await market.getAccount()).stake;

test("stake moves after a summary with its costs and a yes, and not before", async () => {
  const before = await stakeOf();
  const refused = await withKey(["stake", "deposit", "--amount", "1"], "n\r");
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^transaction +add to the stake$/m);
  expect(refused.stderr).toMatch(/^amount +1 ether$/m);
  expect(refused.stderr).toMatch(/^gas +about 0\.0\S+ ether: \d+ at \S+ gwei$/m);
  expect(refused.stderr).toMatch(/^from +0xf39F\S+, which has \S+ ether$/m);
  expect(refused.stderr).toMatch(/^chain +5151, Marketplace 0x/m);
  expect(refused.stderr).toMatch(/Send it\? \[y\/N\].*Nothing was sent\.\n$/s);
  const nobody = await withKey(["stake", "deposit", "--amount", "1"]);
  expect(nobody).toMatchObject({ exitCode: 2, stdout: "" });
  expect(nobody.stderr).toContain("There is no terminal to ask on: give --yes to go ahead.");
  expect(await stakeOf()).toBe(before);

  expect(await withKey(["stake", "deposit", "--amount", "1"], "y\r")).toMatchObject({
    exitCode: 0,
  });
  expect(await stakeOf()).toBe(before + parseEther("1"));
  const sure = await withKey(["stake", "deposit", "--amount", "1", "--yes", "--json"]);
  expect(sure).toMatchObject({ exitCode: 0, json: { amountWei: String(parseEther("1")) } });
  expect(sure.stderr).not.toContain("[y/N]");
  const unbond = await withKey(["stake", "unbond", "--amount", "1", "--yes"]);
  expect(unbond).toMatchObject({ exitCode: 0 });
  const early = await withKey(["stake", "withdraw", "--yes"]);
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringContaining("gas          unknown"),
  ]);
});

test("credit is shown and withdrawn, in the native coin and in tokens", async () => {
  const to = mnemonicToAccount("test test test test test test test test test test test junk", {
    addressIndex: 7,
  }).address;
  expect(await withKey(["credit", "withdraw", "--yes"])).toMatchObject({
    exitCode: 0,
    stdout: "There is no credit to withdraw.\n",
  });
  await market.addCredit({ amount: parseEther("2") });
  await market.addCredit({ token, amount: parseEther("3") });
  const shown = await withKey(["credit", "show", "--token", token]);
  expect(shown.stdout).toContain("2 ether\n");
  expect(shown.stdout).toContain(`3 of the token ${token}\n`);

  const withdraw = ["credit", "withdraw", "--token", token, "--to", to];
  const half = await withKey(withdraw, "y\rn\r");
  expect(half.exitCode).toBe(1);
  expect(half.stdout).toMatch(/^2 ether went to /);
  expect(await market.getCredit()).toBe(0n);
  expect(await withKey([...withdraw, "--yes", "--json"])).toMatchObject({
    exitCode: 0,
    json: { to, withdrawn: [{ token, amount: String(parseEther("3")) }] },
  });
  const balance = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [to] } as const;
  expect(await market.public.readContract(balance)).toBe(parseEther("3"));
});

test("what only reads asks for no password", async () => {
  const keystore = join(folder, "locked.json");
  const env = { ASSAY_PRIVATE_KEY: key, ASSAY_PASSWORD: "correct horse" };
  expect(await call(["key", "import", "--keystore", keystore], { env })).toMatchObject({
    exitCode: 0,
  });
  for (const command of [
    ["stake", "status"],
    ["credit", "show"],
    ["key", "address"],
  ]) {
    const connection = command[0] === "key" ? [] : where;
    const { exitCode, stdout } = await call([...command, "--keystore", keystore, ...connection]);
    expect([command, exitCode, stdout]).toEqual([
      command,
      0,
      expect.stringContaining(account.address),
    ]);
  }
  const { exitCode, stderr } = await call([
    ...["stake", "deposit", "--amount", "1", "--yes", "--keystore", keystore, ...where],
  ]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("give --password-file")]);
});

test("no secret is in an error, in a summary or in a help", async () => {
  const secret = "0123secret";
  const file = join(folder, "secret");
  await writeFile(file, `${secret}\n`);
  const said: string[] = [];
  for (const [argv, env] of [
    [["stake", "deposit", "--amount", "1", "--yes", ...where], { ASSAY_PRIVATE_KEY: secret }],
    [["stake", "status", ...where, "--key-file", file], {}],
    [
      ["stake", "status", "--rpc", `http://127.0.0.1:9/v2/${secret}`, "--account", account.address],
      {},
    ],
    [["stake", "status", "--rpc", `ftp://host/${secret}`], {}],
    [["stake", "status", "--help"], { ASSAY_PRIVATE_KEY: secret, ASSAY_RPC: secret }],
    [["credit", "show", "--config", file], {}],
    [["key", "export", "--out", join(folder, "new"), "--yes"], { ASSAY_PASSWORD: secret }],
    [["chain", "deploy", "--rpc", `http://127.0.0.1:9/${secret}`], { ASSAY_PRIVATE_KEY: secret }],
    [["config", "show", "--rpc", `https://host.example/${secret}`], {}],
    [["config", "init", "--rpc", `https://${secret}`, "--stake", "x"], {}],
  ] as [string[], NodeJS.ProcessEnv][]) {
    const { stdout, stderr } = await call(argv, { env });
    expect(stdout + stderr).not.toBe("");
    said.push(stdout, stderr);
  }
  expect(said.join("\n").replaceAll("https://0123secret", "")).not.toContain(secret);
});
