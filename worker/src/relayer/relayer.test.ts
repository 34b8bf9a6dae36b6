import { join } from "node:path";
import {
  type BroughtCall,
  callSigned,
  encodeCall,
  encodeRights,
  type HttpRelayOptions,
  httpRelay,
  type JobHandle,
  type MarketClient,
  type RelayPaymentError,
  signCall,
} from "@assay/sdk";
import { type Address, type LocalAccount, parseEther, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startMarket, type TestMarket, workBatch } from "../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { startedThings, temporaryFolder } from "../../test/network.ts";
import type { RelayerPolicy } from "./admission.ts";
import { openLedger } from "./ledger.ts";
import { createRelayerMetrics, type RelayerMetrics } from "./metrics.ts";
import { createRelayer, type RelayerOptions } from "./relayer.ts";
import { type RelayerServer, serveRelayer } from "./serve.ts";

let market: TestMarket;
let offers: Address;
/** One client: two of one account would take each other's nonces. */
let sponsor: MarketClient;
const started = startedThings();
beforeAll(async () => {
  market = await startMarket();
  offers = await market.chain.deployOffers();
  sponsor = market.client(SPONSOR);
});
afterEach(() => started.end());
afterAll(() => market[Symbol.asyncDispose]());

const RELAYER = 9;
const SPONSOR = 8;
const policy: RelayerPolicy = {
  ...{ marginShare: 0.1, tokens: [], advanceWei: parseEther("0.01") },
  ...{ advanceStakeWei: parseEther("0.001"), maxAdvancedWei: parseEther("0.05") },
  maxGasPerCall: 1_000_000n,
};

interface Served {
  server: RelayerServer;
  metrics: RelayerMetrics;
  client: MarketClient;
  folder: string;
}

async function serve(
  more: Partial<RelayerPolicy> = {},
  options: Partial<Omit<RelayerOptions, "policy">> & { withOffers?: boolean; folder?: string } = {},
): Promise<Served> {
  const { withOffers = true, folder = await temporaryFolder(started), ...rest } = options;
  const client = market.client(RELAYER, withOffers ? { offers } : {});
  const ledger = openLedger(join(folder, "relay.sqlite"));
  const metrics = createRelayerMetrics();
  const relayer = createRelayer({
    ...{ client, ledger, metrics, batchMs: 20, batchCalls: 32, maxWaiting: 256, perMinute: 6_000 },
    ...{ policy: { ...policy, ...more }, ...rest },
  });
  const server = await serveRelayer(relayer, { host: "127.0.0.1", port: 0, metrics });
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await server.close();
    ledger.close();
  };
  started.add(close);
  return { server: { ...server, close }, metrics, client, folder };
}

/** An account without a wei, with stake that a sponsor gave it. */
async function poorWorker(
  { server }: Served,
  { stake = parseEther("1"), mostPaid = parseEther("0.01") } = {},
): Promise<{ account: LocalAccount; client: MarketClient }> {
  const account = privateKeyToAccount(generatePrivateKey());
  const relay = httpRelay({
    url: server.url,
    mostPaid: [{ token: zeroAddress, amount: mostPaid }],
  });
  const client = market.client(0, { account, relay });
  if (stake > 0n) {
    const data = encodeCall("deposit", []);
    await callSigned(sponsor, await signCall(client, { data, value: stake }));
  }
  expect(await client.public.getBalance({ address: account.address })).toBe(0n);
  return { account, client };
}

const post = (more: object = {}): Promise<JobHandle> =>
  market.requester.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: parseEther("0.05"), batchSize: 1 },
    ...{ stakePerBatch: parseEther("0.01"), ...more },
  });

const valuesOf = async ({ metrics }: Served, name: string) =>
  (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];

async function balances(account: Address): Promise<bigint> {
  return market.requester.public.getBalance({ address: account });
}

test.each([true, false])(
  "a worker without a wei claims, submits, settles and withdraws, and the relayer loses nothing (together: %s)",
  async (withOffers) => {
    const relayer = await serve({}, { withOffers });
    const { account, client } = await poorWorker(relayer);
    const relayerAddress = relayer.client.wallet?.account.address as Address;
    const before = await balances(relayerAddress);
    const job = await post();
    await workBatch(client, job, 0);
    await workBatch(client, job, 1);
    await market.chain.increaseTime(job.terms.challengeWindowSeconds + 1);
    const { paid } = await client.settle({ terms: job.terms, batches: [0, 1] });
    expect(paid).toBe(parseEther("0.1"));
    await client.withdraw();
    const spent = before - (await balances(relayerAddress));
    const credit = await client.getCredit({ account: relayerAddress });
    const got = await balances(account.address);
    console.log(`relayer spent ${spent}, was given ${credit}; worker has ${got}`);
    expect(got + credit).toBe(paid);
    expect(credit).toBeGreaterThanOrEqual(spent);
    // Tens of gas at 1.1 of the price, and the most that it might have cost: not much more.
    expect(credit).toBeLessThan(10n * spent);
    await relayer.client.withdraw();
    expect(await client.getCredit({ account: relayerAddress })).toBe(0n);
  },
);

test("calls of many accounts are one transaction, and one that fails does not sink the others", async () => {
  const relayer = await serve({}, { batchMs: 1_000 });
  const workers = await Promise.all(Array.from({ length: 6 }, () => poorWorker(relayer)));
  const job = await post({ inputs: numbered(6) });
  const others = market.client(4);
  await others.deposit({ amount: parseEther("1") });
  const claims = workers.map(({ client }, batch) => client.claim({ terms: job.terms, batch }));
  const ended = await Promise.allSettled(claims);
  expect(ended.map(({ status }) => status)).toEqual(Array(6).fill("fulfilled"));
  const hashes = new Set(ended.map((end) => (end.status === "fulfilled" ? end.value.hash : "")));
  expect(hashes.size).toBeLessThan(3);
  const batches = await others.getBatches({ jobId: job.jobId, count: 6 });
  expect(batches.map(({ worker }) => worker)).toEqual(
    workers.map(({ account }) => account.address),
  );
});

describe("a hostile client", () => {
  const signed = async (
    client: MarketClient,
    data: BroughtCall["call"]["data"],
    more: { value?: bigint; deadline?: bigint } = {},
  ) => signCall(client, { data, ...more });
  const refusalOf = (
    served: Served,
    calls: readonly BroughtCall[],
    more: Partial<HttpRelayOptions> = {},
  ) =>
    httpRelay({ url: served.server.url, ...more })
      .bring(calls)
      .then(
        () => "brought",
        (error) => error.reason ?? error.code,
      );

  test("is refused what the relayer would pay for, or bring in vain", async () => {
    const relayer = await serve({ maxGasPerCall: 200_000n });
    const { client } = await poorWorker(relayer);
    const other = await poorWorker(relayer, { stake: 0n });
    const job = await post();
    const claim = encodeCall("claim", [job.terms, 0]);
    const refused = async (...calls: Promise<BroughtCall>[]) =>
      refusalOf(relayer, await Promise.all(calls));
    expect(await refused(signed(client, encodeCall("deposit", []), { value: 1n }))).toBe(
      "NOT_RELAYED",
    );
    expect(await refused(signed(client, claim), signed(other.client, claim))).toBe("NOT_RELAYED");
    expect(await refused(signed(client, "0x12345678"))).toBe("NOT_RELAYED");
    expect(await refused(signed(client, encodeCall("prepare", [job.jobId])))).toBe("NOT_RELAYED");
    expect(await refused(signed(client, claim, { deadline: 1n }))).toBe("DEADLINE");
    // Without stake, it reverts; with somebody else's signature, it is none.
    expect(await refused(signed(other.client, claim))).toBe("REVERTS");
    const forged = await signed(other.client, claim);
    const account = client.wallet?.account.address as Address;
    expect(await refusalOf(relayer, [{ ...forged, call: { ...forged.call, account } }])).toBe(
      "NOT_RELAYED",
    );
    const rights = encodeCall("setRights", [account, encodeRights(["work"])]);
    expect(await refused(signed(other.client, rights))).toBe("RELAY_PAYMENT");
    expect(await refused(signed(client, encodeCall("withdraw", [zeroAddress, account])))).toBe(
      "REVERTS",
    );
    const spent = await valuesOf(relayer, "assay_relayer_transactions_total");
    expect(spent).toMatchObject([{ value: 0 }]);
  });

  test("is not paid out before it has paid, and owes no more than is advanced", async () => {
    const relayer = await serve({ advanceWei: parseEther("0.0004") });
    const { client, account } = await poorWorker(relayer, { mostPaid: 0n });
    const job = await post({ inputs: numbered(40) });
    const sent: string[] = [];
    for (let batch = 0; batch < 40; batch++) {
      const end = await client.claim({ terms: job.terms, batch }).then(
        () => "brought",
        (error) => error.code,
      );
      sent.push(end);
      if (end !== "brought") break;
    }
    expect(sent.at(-1)).toBe("RELAY_PAYMENT");
    const [owed] = await valuesOf(relayer, "assay_relayer_owed_ether");
    expect(owed?.value).toBeGreaterThan(0);
    expect(owed?.value).toBeLessThanOrEqual(0.0004);
    // Somebody gives it credit: it would go elsewhere, if it did not have to pay first.
    await sponsor.addCredit({ account: account.address, amount: parseEther("1") });
    await expect(client.withdraw()).rejects.toMatchObject({ code: "RELAY_PAYMENT" });
    // The debt is there after a restart, too.
    await relayer.server.close();
    const again = await serve({ advanceWei: parseEther("0.0004") }, { folder: relayer.folder });
    const relay = httpRelay({ url: again.server.url });
    const same = market.client(0, { account, relay });
    const error: RelayPaymentError = await same.withdraw().then(
      () => undefined,
      (error) => error,
    );
    const [native] = error.payments;
    expect(native?.amount).toBeGreaterThan(0n);
    const paying = httpRelay({
      url: again.server.url,
      mostPaid: [{ token: zeroAddress, amount: 2n * (native?.amount ?? 0n) }],
    });
    await market.client(0, { account, relay: paying }).withdraw();
    expect(await valuesOf(again, "assay_relayer_owed_ether")).toMatchObject([{ value: 0 }]);
  });

  test("with any number of accounts takes no more than is advanced in all", async () => {
    const maxAdvancedWei = parseEther("0.002");
    const relayer = await serve({ maxAdvancedWei, advanceWei: parseEther("0.001") });
    const address = relayer.client.wallet?.account.address as Address;
    const before = await balances(address);
    const job = await post({ inputs: numbered(60) });
    const ends: string[] = [];
    for (let i = 0; i < 60; i++) {
      const { client } = await poorWorker(relayer, { stake: parseEther("0.01"), mostPaid: 0n });
      ends.push(
        await client.claim({ terms: job.terms, batch: i }).then(
          () => "brought",
          (error) => error.reason ?? error.code,
        ),
      );
      if (ends.at(-1) === "EXHAUSTED") break;
    }
    expect(ends.at(-1)).toBe("EXHAUSTED");
    expect(ends).toContain("brought");
    expect(before - (await balances(address))).toBeLessThanOrEqual(maxAdvancedWei);
  });

  test("is slowed down, and holds up nobody else", async () => {
    const relayer = await serve({}, { perMinute: 8 });
    const { client } = await poorWorker(relayer);
    const signedCall = await signed(client, encodeCall("useNonces", [7n, 1n]));
    const ends = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        refusalOf(relayer, [
          { ...signedCall, call: { ...signedCall.call, nonce: BigInt(i) + 900n } },
        ]),
      ),
    );
    expect(ends).toContain("TOO_MANY");
    expect((await fetch(`${relayer.server.url}/health`)).status).toBe(200);
  });

  test("says what is none, or too long", async () => {
    const { server } = await serve();
    const send = async (body: string) =>
      (await fetch(`${server.url}/calls`, { method: "POST", body })).status;
    expect(await send("{")).toBe(400);
    expect(await send(JSON.stringify({ calls: [] }))).toBe(400);
    expect(await send(JSON.stringify({ calls: [{ call: { account: "0x" } }] }))).toBe(400);
    expect(await send("x".repeat(70_000)).catch(() => 413)).toBe(413);
    expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
  });
});

test("the same calls are brought once; what it counts is served", async () => {
  const relayer = await serve();
  const { client } = await poorWorker(relayer);
  const call = await signCall(client, { data: encodeCall("useNonces", [9n, 1n]) });
  const relay = httpRelay({ url: relayer.server.url });
  const [first, second] = await Promise.all([relay.bring([call]), relay.bring([call])]);
  expect(second).toEqual(first);
  expect(await relay.bring([call])).toEqual(first);
  const text = await (await fetch(`${relayer.server.url}/metrics`)).text();
  expect(text).toContain("assay_relayer_transactions_total 1");
  expect(text).toMatch(/assay_relayer_calls_total\{outcome="brought"\} 1/);
});

test("it ends when all that was admitted is mined, and takes nothing more", async () => {
  const relayer = await serve({}, { batchMs: 60_000 });
  const { client } = await poorWorker(relayer);
  const call = await signCall(client, { data: encodeCall("useNonces", [11n, 1n]) });
  const other = await signCall(client, { data: encodeCall("useNonces", [12n, 1n]) });
  const relay = httpRelay({ url: relayer.server.url });
  const brought = relay.bring([call]);
  await expect
    .poll(async () => (await valuesOf(relayer, "assay_relayer_waiting_requests"))[0]?.value)
    .toBe(1);
  const closing = relayer.server.close();
  expect(await brought).toMatchObject({ hash: expect.stringMatching(/^0x/) });
  await closing;
  await expect(relay.bring([other])).rejects.toMatchObject({ code: "RELAY_UNREACHABLE" });
});
