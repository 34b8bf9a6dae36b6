import {
  type AnnouncedOffer,
  type Award,
  awardDigest,
  type Bid,
  bidDigest,
  cidOf,
  hashSpec,
  type Offer,
  type OffersDomain,
  offerDigest,
  type SignedAward,
  type SignedBid,
} from "@assay/sdk";
import { type Address, type Hex, zeroAddress } from "viem";
import { type PrivateKeyAccount, sign } from "viem/accounts";

export const TEST_OFFERS: OffersDomain = {
  ...{ chainId: 31_337, offers: "0x0000000000000000000000000000000000000aF5" },
};

const spec = {
  ...{ program: cidOf(Uint8Array.of(1)), manifest: cidOf(Uint8Array.of(2), "dag-cbor") },
  ...{ memoryPages: 1, maxResultBytes: 1_024, maxSteps: 1_000n },
  inputRoot: `0x${"01".repeat(32)}` as Hex,
  machineRoot: `0x${"00".repeat(32)}` as Hex,
};

/** An offer of a small job, to be awarded by its requester. */
export function signedOffer({
  requester,
  signature,
  ...fields
}: { requester: Address; signature: Hex } & Partial<Offer>): AnnouncedOffer {
  const terms = {
    ...{ requester, token: zeroAddress, arbiter: zeroAddress, taskCount: 4, batchSize: 4 },
    ...{ rewardPerTask: 0n, stakePerBatch: 1n, minScore: 0, claimUntil: 2_000_000_000 },
    ...{ submitWindowSeconds: 60, challengeWindowSeconds: 60, salt: 1n, specHash: hashSpec(spec) },
  };
  const offer: Offer = {
    ...{ terms, minReward: 10n, maxReward: 100n, rampFrom: 0, rampSeconds: 0 },
    ...{ takeUntil: 2_000_000_000, limit: 1_000n, fee: 0n, selector: requester },
    ...{ awardUntil: 1_999_999_999, turnSeconds: 12, bidBond: 0n, nonce: 1n, ...fields },
  };
  return { offer, spec, signature };
}

/** @param privateKey - the requester's. */
export async function offerBy(
  account: PrivateKeyAccount,
  privateKey: Hex,
  fields: Partial<Offer> = {},
): Promise<AnnouncedOffer> {
  const made = signedOffer({ requester: account.address, signature: "0x00", ...fields });
  const hash = offerDigest(TEST_OFFERS, made.offer);
  return { ...made, signature: await sign({ hash, privateKey, to: "hex" }) };
}

export async function bidBy(
  account: { address: Address },
  privateKey: Hex,
  fields: Pick<Bid, "offer"> & Partial<Bid>,
): Promise<SignedBid> {
  const worker = account.address.toLowerCase() as Address;
  const bid: Bid = {
    ...{ worker, reward: 20n, workSeconds: 5, goodUntil: 1_999_999_999, nonce: 1n },
    ...fields,
  };
  const hash = bidDigest(TEST_OFFERS, bid);
  return { bid, signature: await sign({ hash, privateKey, to: "hex" }) };
}

export async function awardBy(privateKey: Hex, award: Award): Promise<SignedAward> {
  const hash = awardDigest(TEST_OFFERS, award);
  return { award, signature: await sign({ hash, privateKey, to: "hex" }) };
}
