import {
  awardOffer,
  type BidDesk,
  type MadeAward,
  type MarketPeers,
  type TakenBid,
} from "@assay/network";
import {
  AccountRequiredError,
  type AnnouncedOffer,
  type BidderRecord,
  ContractRevertError,
  getBond,
  hashTerms,
  type JobHandle,
  type JobOptions,
  type JobTerms,
  type MarketClient,
  type Offer,
  OffersRequiredError,
  offerDigest,
  openJob,
  postOffer,
  registerAward,
  type SelectionRule,
  signAward,
  signOffer,
  storeJob,
  termsOfOffer,
} from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { type Address, bytesToHex, type Hex } from "viem";

/** Milliseconds for which bids are collected, if nothing else is said: a newcomer's offer is everywhere in one second, and tried in some more. */
const COLLECT_MS = 15_000;
/** Seconds that an award may take after that. */
const AWARD_SECONDS = 60;
/** A turn: long enough for a claim to be mined on a chain with a block every two seconds, short enough that a backup comes soon. */
const TURN_SECONDS = 12;
const TAKE_FOR_SECONDS = 3_600;
/** How a registration fails when the winner has withdrawn its bond or its bid. */
const BOND_GONE: ReadonlySet<string> = new Set(["Offers_InsufficientBond", "Offers_NonceUsed"]);

export interface OpenOfferParameters extends Omit<JobOptions, "rewardPerTask" | "from"> {
  /** Who pays: an account that is a contract, and takes signatures of the client's account for its own (ERC-1271). Default: that account. */
  requester?: Address | undefined;
  program: Uint8Array | CID;
  /** One a task: bytes, or the name of a content. */
  inputs: readonly (Uint8Array | CID)[];
  /** What a task pays at most, in the token's smallest unit. */
  maxReward: bigint;
  /** What a task pays at least. Default: 0. */
  minReward?: bigint | undefined;
  /** How the winner is found among those that bid. Default: the lowest price. */
  rule?: SelectionRule | undefined;
  /** Milliseconds for which bids are collected. Default: 15,000. */
  collectMs?: number | undefined;
  /** So many bids are enough. Default: as many as come in the time. */
  enough?: number | undefined;
  /** For how long after that an award may still be made, in seconds. Default: 60. */
  awardSeconds?: number | undefined;
  /** In how many seconds the price rises to the most, if nobody is awarded. Default: ten turns. */
  rampSeconds?: number | undefined;
  /** How long the turn of the winner lasts, and that of its backup, in seconds. Default: 12. */
  turnSeconds?: number | undefined;
  /** For how long the offer may be taken, in seconds from now. Default: an hour. */
  takeForSeconds?: number | undefined;
  /** What a bidder stands to lose if it wins and does not claim, in wei. Default: nothing. */
  bidBond?: bigint | undefined;
}

/** An offer that was announced. */
export interface OpenedOffer extends AnnouncedOffer {
  digest: Hex;
  /** Winner, backup, and all bids; `undefined` if no bid was good: then whoever comes first may take it, after `offer.awardUntil`. */
  award: MadeAward | undefined;
  /** The block at which stake and scores of the bidders were read: whoever reads them there, and has the bids, finds the same winner and backup. */
  selectedAt: bigint;
  /** Resolves when the job is on the chain. */
  job(options?: { signal?: AbortSignal | undefined }): Promise<JobHandle>;
}

export interface OfferParts {
  client: MarketClient;
  market: Pick<MarketPeers, "announceOffer" | "share">;
  desk: BidDesk;
}

/**
 * Buys work at a price that is found: stores program and inputs, signs an offer, announces it, collects bids, and awards the job to a winner and a
 * backup. Money moves when one of them takes it, out of the account's credit: `Offers` needs the account's right `request` (`fundOffer`).
 *
 * Where the offer asks for a bond, the client posts the job and registers the award. A winner that has taken its bond back meanwhile is out: the
 * job is cancelled, and a new offer is made to the others.
 *
 * @throws {@link AccountRequiredError} {@link InvalidTermsError}, and what `submitJob` throws about program and inputs.
 */
export async function openOffer(
  { client, market, desk }: OfferParts,
  parameters: OpenOfferParameters,
): Promise<OpenedOffer> {
  const selector = client.wallet?.account.address;
  if (selector === undefined) throw new AccountRequiredError("openOffer");
  const {
    requester = selector,
    inputs,
    maxReward,
    rule = "lowestPrice",
    collectMs = COLLECT_MS,
    enough,
    signal,
  } = parameters;
  if (client.offers === undefined) throw new OffersRequiredError("openOffer");
  const ref = { chainId: client.public.chain.id, offers: client.offers };
  const { terms: stored, spec } = await storeJob(client, {
    ...{ ...parameters, requester, inputs, rewardPerTask: maxReward, knownCount: inputs.length },
    async checkEscrow() {}, // whether the credit is there counts when it is taken
  });
  const chainTime = () => chainTimeOf(client);
  const faithless = new Set<string>();
  for (;;) {
    // Another round is about another job: that of the round before was posted, and a name is used once.
    const salt = BigInt.asUintN(64, stored.salt + BigInt(faithless.size));
    const terms = { ...stored, salt };
    const offer = offerOf({ ...parameters, terms, selector, now: await chainTime() });
    const { signature } = await signOffer(client, { offer, signal });
    const signed: AnnouncedOffer = { offer, spec, signature };
    const { number: fromBlock } = await client.public.getBlock();
    let selectedAt = fromBlock;
    const award = await awardOffer({
      ...{ ...signed, market, offers: ref, rule, collectMs, enough, chainTime, signal },
      desk: without(desk, faithless),
      async recordsOf(workers) {
        selectedAt = (await client.public.getBlock()).number;
        return readBidders(client, workers, {
          blockNumber: selectedAt,
          withBonds: offer.bidBond > 0n,
        });
      },
      signAward: async (made) => (await signAward(client, { award: made, signal })).signature,
    });
    if (award !== undefined && !(await isRegistered(client, { ...signed, award, signal }))) {
      faithless.add(award.award.winner.toLowerCase());
      continue;
    }
    return {
      ...{ ...signed, award, selectedAt, digest: offerDigest(ref, offer) },
      async job(options = {}) {
        const posted = await postedFrom(client, { offer, award, fromBlock, ...options });
        return openJob(client, { jobId: posted, fromBlock, ...options });
      },
    };
  }
}

type OfferFields = OpenOfferParameters & { terms: JobTerms; selector: Address; now: number };

function offerOf({ terms, selector, now, ...parameters }: OfferFields): Offer {
  const { maxReward, minReward = 0n, collectMs = COLLECT_MS } = parameters;
  const { turnSeconds = TURN_SECONDS, bidBond = 0n } = parameters;
  const awardUntil =
    now + Math.ceil(collectMs / 1_000) + (parameters.awardSeconds ?? AWARD_SECONDS);
  return {
    ...{ terms: { ...terms, rewardPerTask: 0n }, minReward, maxReward, awardUntil, turnSeconds },
    ...{ rampFrom: awardUntil, rampSeconds: parameters.rampSeconds ?? turnSeconds * 10 },
    ...{ bidBond, fee: 0n, limit: maxReward * BigInt(terms.taskCount), selector },
    takeUntil: Math.max(awardUntil, now + (parameters.takeForSeconds ?? TAKE_FOR_SECONDS)),
    nonce: BigInt(bytesToHex(crypto.getRandomValues(new Uint8Array(32)))),
  };
}

/** The same desk, without the bids of some workers. */
function without(desk: BidDesk, workers: ReadonlySet<string>): BidDesk {
  const isGood = ({ bid }: TakenBid) => !workers.has(bid.worker.toLowerCase());
  return { ...desk, bids: (digest) => desk.bids(digest).filter(isGood) };
}

/**
 * Where the offer asks for a bond: posts the job and starts the winner's turn.
 *
 * @returns whether the bond is held, if one is asked for. If the winner took it back, the job is cancelled again.
 */
async function isRegistered(
  client: MarketClient,
  { award, ...signed }: AnnouncedOffer & { award: MadeAward; signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (signed.offer.bidBond === 0n) return true;
  const { terms } = await postOffer(client, { ...signed, award });
  try {
    await registerAward(client, { ...signed, award, bid: award.selection.winner });
    return true;
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    // Nobody could claim it: its turns never begin.
    await client.cancel({ terms });
    if (!BOND_GONE.has(error.code)) throw error;
    return false;
  }
}

/** The name of the job that an offer has become, once it has. */
async function postedFrom(
  client: MarketClient,
  {
    offer,
    award,
    ...options
  }: Pick<OpenedOffer, "offer" | "award"> & { fromBlock: bigint; signal?: AbortSignal | undefined },
): Promise<Hex> {
  const { requester } = offer.terms;
  const named =
    award && hashTerms(termsOfOffer(offer, { reward: award.award.reward, isReserved: true }));
  for await (const { jobId, terms } of client.watchJobs({ requester, ...options })) {
    const { rewardPerTask: reward } = terms;
    if (jobId === named) return jobId;
    if (jobId === hashTerms(termsOfOffer(offer, { reward, isReserved: false }))) return jobId;
  }
  throw new TypeError("a watch has no end");
}

async function chainTimeOf({ public: chain }: MarketClient): Promise<number> {
  const latest = chain.getBlock();
  // Where blocks come only with transactions, the latest may be old.
  const pending = chain.getBlock({ blockTag: "pending" }).catch(() => latest);
  const times = await Promise.all([latest, pending]);
  return Math.max(...times.map(({ timestamp }) => Number(timestamp)));
}

/** Stake and score of bidders at one block, by account in lower case; with bonds, also what each can bid with. */
export async function readBidders(
  client: MarketClient,
  workers: readonly Address[],
  { blockNumber, withBonds = false }: { blockNumber: bigint; withBonds?: boolean },
): Promise<Map<string, BidderRecord>> {
  const entries = workers.map(async (account): Promise<[string, BidderRecord]> => {
    const { score, free } = await client.getAccount({ account, blockNumber });
    const bond = withBonds ? await getBond(client, { account, blockNumber }) : 0n;
    return [account.toLowerCase(), { score, free, bond }];
  });
  return new Map(await Promise.all(entries));
}
