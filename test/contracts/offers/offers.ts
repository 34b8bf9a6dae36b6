/** `Offers` beside the Marketplace of a test, and what it takes to sign, take and post an offer. */
import {
  type Address,
  type ContractErrorName,
  type GetContractReturnType,
  getAddress,
  getContract,
  type Hex,
  keccak256,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { expect } from "vitest";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import {
  type Award,
  awardDigest,
  awardTypedData,
  type Bid,
  bidDigest,
  bidTypedData,
  encodePermission,
  type Offer,
  type OfferExtras,
  type OffersDomain,
  offerDigest,
  offersAbi,
  offerTypedData,
  type SignedAward,
  type SignedOffer,
  termsOfOffer,
} from "../../../sdk/src/index.ts";
import {
  type Actor,
  cid,
  DAY,
  ETHER,
  GENESIS,
  type Market,
  spec,
  startMarket,
  type Terms,
  termsOf,
} from "../market.ts";
import { expectRevertOf } from "../reverts.ts";
import { Right } from "../seam.ts";

type OffersContract = GetContractReturnType<
  typeof offersAbi,
  {
    public: Market["client"];
    wallet: Awaited<ReturnType<Market["network"]["viem"]["getWalletClient"]>>;
  }
>;

export interface OfferMarket extends Market {
  offers: Address;
  domain: OffersDomain;
  readOffers: OffersContract["read"];
  /** `Offers`, as an account. */
  as(actor: Pick<Actor, "address">): Promise<{ write: OffersContract["write"] }>;
  signOffer(
    offer: Offer,
    signer?: Pick<Actor, "address">,
    domain?: Partial<OffersDomain>,
  ): Promise<SignedOffer>;
  signBid(bid: Bid): Promise<Hex>;
  signAward(award: Award, signer: Pick<Actor, "address">): Promise<SignedAward>;
  digestOf(offer: Offer): Hex;
  bidDigestOf(bid: Bid): Hex;
  awardDigestOf(award: Award): Hex;
}

/** Until when offers of these tests are good. */
export const UNTIL = GENESIS + DAY;
export const REWARD = 1_000_000_000_000_007n;

/** One task for a fixed price, unless said otherwise. */
export function offerOf(
  requester: Address,
  { terms = {}, ...conditions }: Partial<Omit<Offer, "terms">> & { terms?: Partial<Terms> } = {},
): Offer {
  const jobTerms = termsOf(requester, { taskCount: 1, batchSize: 1, rewardPerTask: 0n, ...terms });
  return {
    terms: jobTerms,
    ...{ minReward: REWARD, maxReward: REWARD, rampFrom: 0, rampSeconds: 0 },
    ...{ takeUntil: UNTIL, limit: 10n ** 18n, fee: 0n, selector: zeroAddress },
    ...{ awardUntil: 0, turnSeconds: 0, bidBond: 0n, nonce: 0n },
    ...conditions,
  };
}

/** A market whose requester has credit, and gave `Offers` the right to spend it; its workers have stake. */
export async function startOffers(): Promise<OfferMarket> {
  const market = await startMarket();
  const { address } = await market.network.viem.deployContract("Offers", [market.address]);
  const offers = getAddress(address);
  const { requester, worker, rival } = market;
  await requester.write.setRights([offers, Right.request]);
  await requester.write.addCredit([requester.address, zeroAddress, 100n * ETHER], {
    value: 100n * ETHER,
  });
  for (const actor of [worker, rival]) await actor.write.deposit({ value: 10n * ETHER });
  const domain = { offers, chainId: await market.client.getChainId() };
  const contract = { abi: offersAbi, address: offers };
  const walletOf = (actor: Pick<Actor, "address">) =>
    market.network.viem.getWalletClient(actor.address);
  return {
    ...market,
    offers,
    domain,
    readOffers: getContract({ ...contract, client: market.client }).read,
    async as(actor) {
      const wallet = await walletOf(actor);
      const { write } = getContract({ ...contract, client: { public: market.client, wallet } });
      return { write };
    },
    async signOffer(offer, signer = requester, changes = {}) {
      const typed = offerTypedData({ ...domain, ...changes }, offer);
      return { offer, signature: await (await walletOf(signer)).signTypedData(typed) };
    },
    async signBid(bid) {
      return (await walletOf({ address: bid.worker })).signTypedData(bidTypedData(domain, bid));
    },
    async signAward(award, signer) {
      const typed = awardTypedData(domain, award);
      return { award, signature: await (await walletOf(signer)).signTypedData(typed) };
    },
    digestOf: (offer) => offerDigest(domain, offer),
    bidDigestOf: (bid) => bidDigest(domain, bid),
    awardDigestOf: (award) => awardDigest(domain, award),
  };
}

interface Taking extends OfferExtras {
  reward?: bigint;
}

const NO_RESULTS = { prefix: "0x00000000", digest: zeroHash } as const;

/** `take` of an offer at a price, as its arguments. */
export function takeArgs(
  { offers }: Pick<OfferMarket, "offers">,
  signed: SignedOffer,
  { reward, ...extras }: Taking = {},
) {
  const isReserved = extras.award !== undefined;
  const price = reward ?? extras.award?.award.reward ?? signed.offer.minReward;
  const terms = termsOfOffer(signed.offer, { reward: price, isReserved });
  return [terms, spec, zeroHash, NO_RESULTS, offers, encodePermission(signed, extras)] as const;
}

/** The same, with the work done already. */
export function fulfilArgs(
  market: Pick<OfferMarket, "offers">,
  signed: SignedOffer,
  { root = keccak256(stringToHex("root")), ...options }: Taking & { root?: Hex } = {},
) {
  const [terms, , , , offers, permission] = takeArgs(market, signed, options);
  return [terms, spec, root, cid("results", "dag-cbor"), offers, permission] as const;
}

export function claimArgs(
  { offers }: Pick<OfferMarket, "offers">,
  signed: SignedOffer,
  award: SignedAward,
  batch = 0,
) {
  const terms = termsOfOffer(signed.offer, { reward: award.award.reward, isReserved: true });
  return [terms, batch, offers, encodePermission(signed, { award })] as const;
}

export function postArgs(signed: SignedOffer, { reward, ...extras }: Taking = {}) {
  const price = reward ?? extras.award?.award.reward ?? signed.offer.minReward;
  const isReserved = extras.award !== undefined;
  const terms = termsOfOffer(signed.offer, { reward: price, isReserved });
  return [terms, spec, encodePermission(signed, extras)] as const;
}

/** Asserts that a call reverts with this very error of `Offers`, or the Marketplace, and these operands, if any are given. */
export async function expectOffersRevert(
  call: Promise<unknown>,
  errorName: ContractErrorName<typeof offersAbi> | ContractErrorName<typeof marketplaceAbi>,
  args?: readonly unknown[],
): Promise<void> {
  const abi = [...offersAbi, ...marketplaceAbi];
  if (args !== undefined) return expectRevertOf(abi, call, errorName, args);
  const error = await call.then(
    () => new Error(`Expected ${errorName}, but the call went through`),
    (reason: unknown) => reason,
  );
  expect(String(error)).toContain(`${errorName}(`);
}
