import {
  type BidderRecord,
  type Offer,
  offerDigest,
  SELECTION_RULES,
  type SelectionRule,
  selectWinner,
} from "@assay/sdk";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { Random } from "../../test/fixtures/random.ts";
import { type AwardNews, openBidDesk, sendBid, serveAwards } from "../src/direct/bids.ts";
import { awardOffer, type MadeAward } from "../src/market/awardOffer.ts";
import type { DirectHost, directHosts } from "./directHosts.ts";
import { signedDelegation } from "./gossip.ts";
import { awardBy, bidBy, offerBy, TEST_OFFERS } from "./offers.ts";

/** An award, and what was needed to find it. */
export interface Round {
  made: MadeAward;
  offer: Offer;
  rule: SelectionRule;
  records: ReadonlyMap<string, BidderRecord>;
}

interface Party extends DirectHost {
  privateKey: `0x${string}`;
  address: Address;
}

async function party(host: ReturnType<typeof directHosts>["host"]): Promise<Party> {
  const privateKey = generatePrivateKey();
  const node = await host(async (signer) => {
    return (await signedDelegation(signer, { privateKey })).delegation;
  });
  return { ...node, privateKey, address: privateKeyToAccount(privateKey).address };
}

/**
 * Workers that bid for a requester's offers over sockets, each at prices and times of its own, and are told of the awards.
 * @returns the awards, and what each worker was told of them.
 */
export async function runRounds(
  host: ReturnType<typeof directHosts>["host"],
  { workers: count, jobs, random }: { workers: number; jobs: number; random: Random },
): Promise<{ rounds: Round[]; told: AwardNews[][] }> {
  const requester = await party(host);
  const workers = await Promise.all(Array.from({ length: count }, () => party(host)));
  const told = workers.map(({ direct }) => {
    const news: AwardNews[] = [];
    serveAwards(direct, (one) => void news.push(one));
    return news;
  });
  for (const { libp2p } of workers) await libp2p.dial(requester.libp2p.getMultiaddrs());
  const desk = openBidDesk({ direct: requester.direct, offers: TEST_OFFERS });
  const records = new Map<string, BidderRecord>(
    workers.map(({ address }) => [
      address.toLowerCase(),
      { score: random.below(10_001), free: BigInt(random.below(3)) },
    ]),
  );
  const account = privateKeyToAccount(requester.privateKey);
  const rounds: Round[] = [];
  for (let job = 0; job < jobs; job++) {
    const signed = await offerBy(account, requester.privateKey, { nonce: BigInt(job) });
    const { offer } = signed;
    const rule = SELECTION_RULES[job % SELECTION_RULES.length] ?? "lowestPrice";
    const bids = await Promise.all(
      workers.map((worker) =>
        bidBy(worker, worker.privateKey, {
          offer: offerDigest(TEST_OFFERS, offer),
          reward: 10n + BigInt(random.below(5)),
          workSeconds: random.below(5),
        }),
      ),
    );
    const made = await awardOffer({
      ...{ ...signed, desk, rule, offers: TEST_OFFERS, collectMs: 240_000, enough: count },
      market: {
        async announceOffer() {
          const sent = workers.map(({ direct }, i) => {
            const bid = bids[i];
            if (bid === undefined) throw new RangeError("a worker without a bid");
            return sendBid(direct, requester.name, bid).catch(() => {}); // said again in five seconds
          });
          await Promise.all(sent);
        },
        share() {},
      },
      recordsOf: async () => records,
      signAward: async (award) => (await awardBy(requester.privateKey, award)).signature,
      chainTime: async () => 1_000,
    });
    if (made !== undefined) rounds.push({ made, offer, rule, records });
  }
  return { rounds, told };
}

/** Whether somebody who has the bids in another order, as read from the wire, finds the same two. */
export function evaluatedElsewhere({ made, offer, rule, records }: Round, random: Random) {
  const bids = [...made.bids]
    .map((bid) => ({ bid, at: random.below(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ bid: { bid, signature } }) => ({ bid, signature }));
  const found = selectWinner({ offers: TEST_OFFERS, offer, bids, records, rule, from: 1_000 });
  return { winner: found?.winner.bid, backup: found?.backup?.bid };
}
