import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { callSigned, encodeCall, encodeRights, signedCallTypedData } from "@assay/sdk";
import { bytesToHex, type Hex, zeroAddress } from "viem";
import { afterEach, expect, test } from "vitest";
import { longTest } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { compile } from "../../../test/fixtures/tokens.ts";
import { accountOf, startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import {
  mineEverySecond,
  type OfferBuyer,
  type OfferChain,
  offersOnAnvil,
  startBidder,
  startBuyer,
} from "../../../worker/test/offers.ts";
import { callCli, jsonLines } from "../../test/callCli.ts";
import { createAssay } from "../assay/createAssay.ts";
import { type OpenedOffer, openOffer } from "./openOffer.ts";

const started = startedThings();
afterEach(() => started.end());

const root = new URL("../../../", import.meta.url);
const job = { program: echo.wasm, inputs: numbered(4), batchSize: 4, maxReward: 1_000n };

const keyOf = (chain: OfferChain, index: number) =>
  bytesToHex(accountOf(chain, index).getHdKey().privateKey ?? new Uint8Array());

async function expectResults(opened: OpenedOffer): Promise<void> {
  let results = 0;
  for await (const { outcome } of (await opened.job()).results())
    results += Number(outcome === "ok");
  expect(results).toBe(4);
}

test("who knows the chain and has a key alone buys by an offer: its money is put there first, and it is told what is missing", async () => {
  const chain = await offersOnAnvil(started);
  const { rpcUrl: rpc, marketplace, offers } = chain;
  const account = accountOf(chain, 5);
  const environment = { ASSAY_BOOTSTRAP: "", ASSAY_OFFERS: offers };
  const assay = await createAssay({ rpc, account, marketplace, environment });
  started.add(() => assay.close());
  await startBidder(chain, { peer: assay.peer, market: assay, offers }, started, {
    account: 2,
    asks: 300n,
  });
  await mineEverySecond(chain, started);
  const opened = await assay.openOffer({ ...job, collectMs: 100_000, enough: 1 });
  await expectResults(opened);
  // What was missing of the most came as credit, and the award left the rest there.
  expect(await assay.getCredit()).toBe(4n * (1_000n - 300n));
  expect(await assay.getRights({ operator: offers })).toEqual(["request"]);
  await expect(
    createAssay({ rpc, account, marketplace, environment: { ASSAY_OFFERS: "0x12" } }),
  ).rejects.toThrow(/"0x12" is no address.*ASSAY_OFFERS/);
  const without = await createAssay({ rpc, account, marketplace, environment: {} });
  started.add(() => without.close());
  await expect(without.openOffer(job)).rejects.toThrow(/No contract Offers is known.*ASSAY_OFFERS/);
});

test("an operator adds to its bond, sees it, and takes it back", async () => {
  const chain = await offersOnAnvil(started);
  const env = {
    ...{ ASSAY_RPC: chain.rpcUrl, ASSAY_MARKETPLACE: chain.marketplace },
    ...{ ASSAY_OFFERS: chain.offers, ASSAY_PRIVATE_KEY: keyOf(chain, 5) },
    ASSAY_DATA_DIR: await temporaryFolder(started),
  };
  const bond = (...argv: string[]) => callCli(["bond", ...argv, "--json"], env);
  const bondWei = async () => jsonLines(await bond("status"))[0]?.bondWei;
  expect(await bondWei()).toBe("0");
  expect(await bond("add", "--amount", "0.01")).toMatchObject({ exitCode: 0 });
  expect(await bondWei()).toBe("10000000000000000");
  const tooMuch = await bond("withdraw", "--amount", "0.02");
  expect(tooMuch).toMatchObject({ exitCode: 1, line: expect.stringContaining("to bid with") });
  expect(await bond("withdraw", "--amount", "0.01")).toMatchObject({ exitCode: 0 });
  expect(await bondWei()).toBe("0");
  const { ASSAY_OFFERS: _, ...without } = env;
  const unknown = await callCli(["bond", "status"], without);
  expect(unknown).toMatchObject({ exitCode: 2, line: expect.stringContaining("ASSAY_OFFERS") });
});

/** Deploys an account that is a contract, whose owner is the buyer; it gives `Offers` its right by a signature of that owner. */
async function smartAccountOf({ market, offers }: OfferBuyer): Promise<`0x${string}`> {
  const { wallet, marketplace, public: reader } = market;
  const contract = (await compile(["SmartAccount.sol"])).SmartAccount;
  if (wallet === undefined || contract === undefined) throw new TypeError("nothing to deploy");
  const bytecode: Hex = `0x${contract.evm.bytecode.object}`;
  const args = [wallet.account.address];
  const hash = await wallet.deployContract({ abi: contract.abi, bytecode, args });
  const { contractAddress: account } = await reader.waitForTransactionReceipt({ hash });
  if (!account) throw new TypeError("it was not deployed");
  const data = encodeCall("setRights", [offers, encodeRights(["request"])]);
  const { timestamp } = await reader.getBlock();
  const call = { account, data, value: 0n, nonce: 0n, deadline: timestamp + 3_600n };
  const typed = signedCallTypedData({ marketplace, chainId: reader.chain.id, call });
  await callSigned(market, { call, signature: await wallet.signTypedData(typed) });
  return account;
}

longTest(
  "an account that is a contract buys by an offer that its owner's key signed, and nodes ask it; one that says no is not bid for",
  async () => {
    const chain = await offersOnAnvil(started);
    const buyer = await startBuyer(chain, started);
    const { market: client, peer, desk } = buyer;
    if (peer.market === undefined) throw new TypeError("the peer was given a market");
    const requester = await smartAccountOf(buyer);
    await client.addCredit({ account: requester, amount: 10_000n });
    await startBidder(chain, buyer, started, { account: 2, asks: 300n });
    const parts = { client, market: peer.market, desk };
    const opened = await openOffer(parts, { ...job, requester, collectMs: 100_000, enough: 1 });
    await expectResults(opened);
    expect(await client.getCredit({ account: requester, token: zeroAddress })).toBe(
      10_000n - 1_200n,
    );
    // Another contract, which has signed nothing.
    const foreign = await openOffer(parts, {
      ...job,
      requester: chain.marketplace,
      collectMs: 8_000,
    });
    expect(foreign.award).toBeUndefined();
  },
);

longTest("the script of docs/market.md runs as it stands", async () => {
  const chain = await offersOnAnvil(started);
  const buyer = await startBuyer(chain, started);
  await startBidder(chain, buyer, started, { account: 2, asks: 300n });
  const page = await readFile(new URL("docs/market.md", root), "utf8");
  const [, script = ""] = /^```ts\n(.*?)^```/ms.exec(page) ?? [];
  const folder = await temporaryFolder(started);
  await writeFile(join(folder, "script.ts"), script);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "upper.wasm"), echo.wasm);
  await symlink(new URL("node_modules", root), join(folder, "node_modules"));
  const { stdout } = await promisify(execFile)(process.execPath, ["script.ts"], {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH, ASSAY_RPC: chain.rpcUrl, ASSAY_OFFERS: chain.offers },
      ...{ ASSAY_MARKETPLACE: chain.marketplace, ASSAY_PRIVATE_KEY: keyOf(chain, 5) },
      ASSAY_BOOTSTRAP: buyer.peer.multiaddrs.join(","),
    },
  });
  const [first, ...rest] = stdout.trim().split("\n");
  const winner = accountOf(chain, 2).address.toLowerCase();
  expect(first).toBe(`${winner} does it for 300 wei a task`);
  expect(rest.toSorted()).toEqual(["0 ok", "1 ok"]);
});
