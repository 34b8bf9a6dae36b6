import { join } from "node:path";
import { createPeer, type Peer } from "@assay/network";
import {
  callSigned,
  createMarketClient,
  decodeCall,
  encodeCall,
  encodeRights,
  fromChainCid,
  httpRelay,
  type JobSpec,
  type JobTerms,
  type MarketClient,
  postOffer,
  signCall,
  signOffer,
} from "@assay/sdk";
import {
  type Address,
  type Chain,
  http,
  type LocalAccount,
  parseEther,
  parseSignature,
  zeroAddress,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { afterEach, expect, test } from "vitest";
import { startChain as startHardhat } from "../../../devnet/src/chain.ts";
import { startChain as startAnvil } from "../../../test/fixtures/chain.ts";
import type { TestMarket } from "../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { deployToken, type TestToken } from "../../../test/fixtures/tokens.ts";
import { accountOf, next, startedThings, temporaryFolder } from "../../test/network.ts";
import { createNode } from "../node/node.ts";
import { openLedger } from "./ledger.ts";
import { createRelayerMetrics } from "./metrics.ts";
import { createRelayer } from "./relayer.ts";
import { serveRelayer } from "./serve.ts";

const started = startedThings();
afterEach(() => started.end());

/** A chain with a Marketplace and `Offers`, and accounts that have coins. */
interface Place {
  chain: Chain;
  rpcUrl: string;
  marketplace: Address;
  offers: Address;
  account(index: number): LocalAccount;
  passTime(seconds: number): Promise<void>;
}

async function onAnvil(): Promise<Place> {
  const chain = await startAnvil();
  started.add(() => chain.stop());
  const offers = await chain.deployOffers();
  const { rpcUrl, marketplace, increaseTime: passTime } = chain;
  const account = (index: number) => accountOf(chain, index);
  return { chain: chain.chain, rpcUrl, marketplace, offers, account, passTime };
}

async function onHardhat(): Promise<Place> {
  const local = await startHardhat({ accounts: 12, onFailure() {} });
  started.add(() => local.stop());
  const chain: Chain = { ...hardhat, rpcUrls: { default: { http: [local.rpcUrl] } } };
  return { chain, ...local };
}

/** Accounts of the chain that have coins. */
const [DEPLOYER, SPONSOR, RELAYER] = [1, 8, 9];

const clientOf = (
  { chain, rpcUrl, marketplace, offers }: Place,
  account: LocalAccount,
  more: object = {},
): MarketClient =>
  createMarketClient({
    ...{ chain, transport: http(rpcUrl), account, marketplace, offers, pollingIntervalMs: 20 },
    ...more,
  });

/** Stores a job's contents and makes its terms, as `submitJob` does, and sends nothing. */
async function draftOf(
  place: Place,
  buyer: LocalAccount,
  { peer, token, reward }: { peer: Peer; token: Address; reward: bigint },
): Promise<{ terms: JobTerms; spec: JobSpec }> {
  let data: `0x${string}` | undefined;
  const relay = {
    mostPaid: [],
    bring: async (calls: readonly { call: { data: `0x${string}` } }[]) => {
      data = calls[0]?.call.data;
      throw new Error("it is a draft");
    },
  };
  const drafting = clientOf(place, buyer, { content: peer.content, relay });
  const order = { program: echo.wasm, inputs: numbered(4), rewardPerTask: reward, batchSize: 4 };
  await expect(drafting.submitJob({ ...order, token })).rejects.toThrow("it is a draft");
  const call = decodeCall(data ?? "0x");
  if (call.functionName !== "postWithPermit") throw new TypeError(call.functionName);
  const [terms, spec] = call.args;
  const [program, manifest] = [fromChainCid(spec.program), fromChainCid(spec.manifest)];
  return { terms, spec: { ...spec, program, manifest } };
}

/** What the buyer signs so that somebody else posts its job, and is paid for that: three signatures. */
async function signAll(
  place: Place,
  buyer: LocalAccount,
  { terms, token, fee }: { terms: JobTerms; token: TestToken; fee: bigint },
) {
  const client = clientOf(place, buyer);
  const { timestamp } = await client.public.getBlock();
  const now = Number(timestamp);
  const { rewardPerTask: reward } = terms;
  const value = reward * BigInt(terms.taskCount) + fee;
  const rights = encodeCall("setRights", [place.offers, encodeRights(["request"])]);
  const offer = {
    ...{ terms: { ...terms, rewardPerTask: 0n }, minReward: reward, maxReward: reward },
    ...{ rampFrom: now, rampSeconds: 0, takeUntil: now + 3_600, limit: value, fee },
    ...{ selector: zeroAddress, awardUntil: 0, turnSeconds: 0, bidBond: 0n, nonce: 0n },
  };
  const deadline = timestamp + 3_600n;
  const signature = await buyer.signTypedData({
    domain: {
      ...{ name: "Plain", version: "1", chainId: place.chain.id },
      verifyingContract: token.address,
    },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner: buyer.address, spender: place.marketplace, value, nonce: 0n, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  const permit = { value, deadline, v: 27 + yParity, r, s };
  return {
    rights: await signCall(client, { data: rights }),
    signed: await signOffer(client, { offer }),
    payment: { source: "allowance", permit } as const,
  };
}

test.each([
  ["anvil", onAnvil],
  ["Hardhat", onHardhat],
])(
  "on %s, a requester without a wei buys work with a token by signature alone, a worker without a wei does it through a relayer, and everybody is paid to the unit",
  async (name, startPlace) => {
    const place = await startPlace();
    const { marketplace } = place;
    const [reward, fee] = [30_000n, 500n];
    const escrow = 4n * reward;
    const [deployer, sponsor, relaying] = [DEPLOYER, SPONSOR, RELAYER].map((index) =>
      clientOf(place, place.account(index)),
    ) as [MarketClient, MarketClient, MarketClient];
    const token = await deployToken(
      { chain: { marketplace }, requester: deployer } as unknown as TestMarket,
      "PlainToken",
      0n,
    );
    /** A millionth of a coin. */
    const price = { address: token.address, weiPerToken: parseEther("1"), decimals: 6 };
    const buyer = privateKeyToAccount(generatePrivateKey());
    const worker = privateKeyToAccount(generatePrivateKey());
    const relayer = place.account(RELAYER).address;
    await token.mint(buyer.address, escrow + fee + 5n);

    const folder = await temporaryFolder(started);
    const [ledger, metrics] = [openLedger(join(folder, "relay.sqlite")), createRelayerMetrics()];
    const server = await serveRelayer(
      createRelayer({
        ...{ client: relaying, ledger, metrics, batchMs: 20, batchCalls: 32 },
        ...{ maxWaiting: 64, perMinute: 6_000 },
        policy: {
          ...{ marginShare: 0.1, tokens: [price], advanceWei: parseEther("0.01") },
          ...{ advanceStakeWei: 1n, maxAdvancedWei: parseEther("0.05") },
          maxGasPerCall: 1_000_000n,
        },
      }),
      { host: "127.0.0.1", port: 0, metrics },
    );
    started.add(async () => {
      await server.close();
      ledger.close();
    });

    // The worker's stake is a sponsor's gift.
    const data = encodeCall("deposit", []);
    const gift = await signCall(clientOf(place, worker), { data, value: parseEther("0.5") });
    await callSigned(sponsor, gift);

    const peer = await createPeer({
      ...{ memory: true, network: "local", chainId: place.chain.id, marketplace },
    });
    started.add(() => peer.stop());

    const coins = (address: Address) => sponsor.public.getBalance({ address });
    const look = async () => ({
      buyer: { wei: await coins(buyer.address), tokens: await token.balanceOf(buyer.address) },
      worker: { wei: await coins(worker.address), tokens: await token.balanceOf(worker.address) },
      relayer: {
        wei: await coins(relayer),
        credit: await sponsor.getCredit({ account: relayer, token: token.address }),
      },
      marketplace: { tokens: await token.balanceOf(marketplace) },
    });
    const before = await look();
    console.log(`${name}, before:`, before);

    const node = createNode({
      ...{ chain: place.chain, transport: http(place.rpcUrl), marketplace },
      ...{ account: worker, network: "local", bootstrap: peer.multiaddrs, pollingIntervalMs: 50 },
      dataDir: await temporaryFolder(started),
      executor: { processes: 1, taskLimitMs: 10_000 },
      policy: { tokens: [price], withdrawFromWei: 1n },
      relayer: httpRelay({ url: server.url, mostPaid: [{ token: token.address, amount: escrow }] }),
    });
    started.add(() => node.stop());
    await node.start();
    const withdrawn = next(node, "credit withdrawn", (one) => one.token === token.address);

    const { terms, spec } = await draftOf(place, buyer, { peer, token: token.address, reward });
    const { rights, signed, payment } = await signAll(place, buyer, { terms, token, fee });
    await callSigned(relaying, rights);
    const { jobId } = await postOffer(relaying, { ...signed, spec, payment });
    const job = await clientOf(place, buyer, { content: peer.content }).openJob({ jobId });
    let results = 0;
    for await (const { outcome } of job.results()) results += Number(outcome === "ok");
    expect(results).toBe(4);
    await place.passTime(job.terms.challengeWindowSeconds + 1);
    const { amount } = await withdrawn;

    const after = await look();
    console.log(`${name}, after:`, after);
    expect(before.buyer.wei + before.worker.wei).toBe(0n);
    expect(after.buyer).toEqual({ wei: 0n, tokens: 5n });
    expect(after.worker).toEqual({ wei: 0n, tokens: amount });
    // What the buyer paid is with the worker and the relayer, to the last unit.
    expect(amount + after.relayer.credit).toBe(escrow + fee);
    expect(after.marketplace.tokens).toBe(after.relayer.credit);
    expect(ledger.owedWei).toBe(0n);
    // For what it brought for the worker, it got more than it spent.
    const earned = ((after.relayer.credit - fee) * price.weiPerToken) / 10n ** 6n;
    expect(earned).toBeGreaterThan(0n);
  },
);
