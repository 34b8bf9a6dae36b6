/**
 * What it costs to work for signed offers: whole transactions, calldata included. Requester and worker have done business before, so their
 * slots are not new; every hash is a full one, and nonces are of a word that is in use, as in `signed.ts`.
 */
import { type Hex, keccak256, stringToHex, zeroAddress } from "viem";
import type { Offer } from "../sdk/src/index.ts";
import {
  cid,
  DAY,
  ETHER,
  GENESIS,
  hashSpec,
  hashTerms,
  type Spec,
  spec,
  type Terms,
} from "../test/contracts/market.ts";
import {
  claimArgs,
  fulfilArgs,
  type OfferMarket,
  offerOf,
  postArgs,
  REWARD,
  startOffers,
  takeArgs,
} from "../test/contracts/offers/offers.ts";
import { encode, signCall } from "../test/contracts/seam.ts";

/** Jobs settled together. */
const SETTLED = 100;
/** Submissions relayed together. */
const RELAYED = 20;

export interface OfferGas {
  /** Offer, claim and result in one transaction, at a fixed price. */
  fulfil: number;
  /** Of a hundred jobs of a hundred offers, settled in one transaction: the share of one. */
  settleShare: number;
  /** One job alone, settled at the Marketplace. */
  settleAlone: number;
  /** A whole life of one task: fulfilled, and settled with 99 others. */
  fulfilFromOffer: number;
  /** The same at a price that rises. */
  fulfilFromRamp: number;
  /** Posted and claimed in one transaction. */
  take: number;
  /** Posted by a relayer, which earns a fee. */
  postFromOffer: number;
  claimAwarded: number;
  /** Of twenty workers' submissions that were signed: each by itself, and all in one transaction, a submission. */
  signedSubmitAlone: number;
  signedSubmitRelayed: number;
}

export async function offerGas(): Promise<OfferGas> {
  const bench = await OfferBench.start();
  const fixed = await bench.fulfil(bench.offer());
  const rising = { maxReward: 2n * REWARD, rampFrom: GENESIS, rampSeconds: 1000 };
  const ramp = await bench.fulfil(bench.offer(rising));
  const take = await bench.take(bench.offer());
  const post = await bench.post(bench.offer({ fee: REWARD }));
  const awarded = await bench.claimAwarded();
  const { alone, relayed } = await bench.relay();
  const { share, single } = await bench.settle();
  return {
    ...{ fulfil: fixed, settleShare: share, settleAlone: single },
    ...{ fulfilFromOffer: fixed + share, fulfilFromRamp: ramp + share, take },
    ...{ postFromOffer: post, claimAwarded: awarded },
    ...{ signedSubmitAlone: alone, signedSubmitRelayed: relayed },
  };
}

class OfferBench {
  private number = 0;
  /** Fulfilled jobs, to be settled. */
  private readonly jobs: Terms[] = [];
  private readonly market: OfferMarket;

  private constructor(market: OfferMarket) {
    this.market = market;
  }

  /** Every slot that an offer shares with others is in use. */
  static async start(): Promise<OfferBench> {
    const bench = new OfferBench(await startOffers());
    const { requester, worker, stranger } = bench.market;
    for (const actor of [worker, stranger]) {
      await requester.write.addCredit([actor.address, zeroAddress, 1n], { value: 1n });
    }
    // Nonces of the same word are used.
    await bench.fulfil(
      bench.offer({ maxReward: 2n * REWARD, rampFrom: GENESIS, rampSeconds: 1000 }),
    );
    return bench;
  }

  offer(conditions: Partial<Offer> = {}): { offer: Offer; spec: Spec } {
    const number = ++this.number;
    const jobSpec = {
      ...spec,
      program: cid(`program ${number}`),
      manifest: cid(`manifest ${number}`, "dag-cbor"),
      inputRoot: keccak256(stringToHex(`inputs ${number}`)),
      machineRoot: keccak256(stringToHex(`machine ${number}`)),
    };
    const salt = BigInt(keccak256(stringToHex(`salt ${number}`)).slice(0, 18));
    const terms = { salt, specHash: hashSpec(jobSpec) };
    const { requester } = this.market;
    return {
      offer: offerOf(requester.address, { nonce: BigInt(number), ...conditions, terms }),
      spec: jobSpec,
    };
  }

  async fulfil({ offer, spec: jobSpec }: { offer: Offer; spec: Spec }): Promise<number> {
    const { market } = this;
    const root = keccak256(stringToHex(`root ${offer.nonce}`));
    const signed = await market.signOffer(offer);
    const [terms, , ...rest] = fulfilArgs(market, signed, { root });
    this.jobs.push(terms);
    return this.gas(market.worker.write.take([terms, jobSpec, ...rest]));
  }

  async take({ offer, spec: jobSpec }: { offer: Offer; spec: Spec }): Promise<number> {
    const { market } = this;
    const [terms, , ...rest] = takeArgs(market, await market.signOffer(offer));
    return this.gas(market.worker.write.take([terms, jobSpec, ...rest]));
  }

  async post({ offer, spec: jobSpec }: { offer: Offer; spec: Spec }): Promise<number> {
    const { market } = this;
    const [terms, , ...rest] = postArgs(await market.signOffer(offer));
    const offers = await market.as(market.stranger);
    return this.gas(offers.write.post([terms, jobSpec, ...rest]));
  }

  async claimAwarded(): Promise<number> {
    const { market } = this;
    const { rival: selector, worker, stranger } = market;
    const { offer, spec: jobSpec } = this.offer({
      selector: selector.address,
      awardUntil: GENESIS + DAY,
      turnSeconds: 600,
    });
    const signed = await market.signOffer(offer);
    const award = await market.signAward(
      {
        ...{ offer: market.digestOf(offer), firstBatch: 0, batchCount: 1, winner: worker.address },
        ...{ backup: stranger.address, reward: REWARD, from: GENESIS },
        bid: keccak256(stringToHex("bid")),
      },
      selector,
    );
    const [terms, , ...rest] = postArgs(signed, { award });
    await (await market.as(stranger)).write.post([terms, jobSpec, ...rest]);
    return this.gas(worker.write.claimReserved(claimArgs(market, signed, award)));
  }

  /** Twenty workers' submissions, each of a batch of its own. */
  async relay(): Promise<{ alone: number; relayed: number }> {
    const { market } = this;
    const wallets = await market.network.viem.getWalletClients();
    const terms = { ...this.offer().offer.terms, rewardPerTask: REWARD, taskCount: 1000 };
    const { requester, stranger } = market;
    await requester.write.post([terms, { ...spec, ...this.lastSpec() }], { value: 1000n * REWARD });
    let batch = 0;
    const deadline = BigInt(GENESIS + 2 * DAY);
    const signedSubmit = async (index: number, nonce: bigint) => {
      const wallet = wallets[index];
      if (wallet === undefined) throw new Error("the chain has too few accounts");
      const actor = { address: wallet.account.address };
      const mine = ++batch;
      const claim = encode("claim", [terms, mine]);
      await wallet.sendTransaction({ to: market.address, data: claim });
      const root = keccak256(stringToHex(`relayed ${mine}`));
      const data = encode("submit", [
        hashTerms(terms),
        mine,
        root,
        cid(`relayed ${mine}`, "dag-cbor"),
      ]);
      const call = { account: actor.address, data, value: 0n, nonce, deadline };
      return { call, signature: await signCall(market, actor as never, call) };
    };
    const indices = Array.from({ length: RELAYED }, (_, i) => i % (wallets.length - 5));
    for (const [index] of wallets.entries()) {
      const deposit = encode("deposit", []);
      await wallets[index]?.sendTransaction({ to: market.address, data: deposit, value: ETHER });
      const first = await signedSubmit(index, 0n);
      await stranger.write.callSigned([first.call, first.signature]);
    }
    let alone = 0;
    for (const [i, index] of indices.entries()) {
      const { call, signature } = await signedSubmit(index, BigInt(i + 1));
      alone += await this.gas(stranger.write.callSigned([call, signature]));
    }
    const signed = [];
    for (const [i, index] of indices.entries())
      signed.push(await signedSubmit(index, BigInt(i + 101)));
    const calls = signed.map(({ call }) => call);
    const signatures = signed.map(({ signature }) => signature);
    const offers = await market.as(stranger);
    const relayed = await this.gas(offers.write.relay([calls, signatures, 0n]));
    return { alone: alone / RELAYED, relayed: relayed / RELAYED };
  }

  async settle(): Promise<{ share: number; single: number }> {
    const { market } = this;
    while (this.jobs.length < SETTLED + 2) await this.fulfil(this.offer());
    await market.at(GENESIS + DAY / 2);
    const [first, warm, ...jobs] = this.jobs;
    if (first === undefined || warm === undefined) throw new Error("nothing to settle");
    await market.worker.write.settle([warm, [0]]);
    const single = await this.gas(market.worker.write.settle([first, [0]]));
    const offers = await market.as(market.stranger);
    const all = await this.gas(offers.write.settleMany([jobs, []]));
    return { share: all / jobs.length, single };
  }

  private lastSpec(): Partial<Spec> {
    const number = this.number;
    return {
      program: cid(`program ${number}`),
      manifest: cid(`manifest ${number}`, "dag-cbor"),
      inputRoot: keccak256(stringToHex(`inputs ${number}`)),
      machineRoot: keccak256(stringToHex(`machine ${number}`)),
    };
  }

  private async gas(hash: Promise<Hex>): Promise<number> {
    const receipt = await this.market.client.getTransactionReceipt({ hash: await hash });
    if (receipt.status !== "success") throw new Error("a transaction of the bench reverted");
    return Number(receipt.gasUsed);
  }
}
