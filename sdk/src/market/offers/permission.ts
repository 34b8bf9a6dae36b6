import {
  concatHex,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  zeroAddress,
  zeroHash,
} from "viem";
import type { SignedAward, SignedOffer } from "../../protocol/offer/offer.ts";
import type { OfferConditions, OfferPayment } from "./offer.ts";
import { AWARD, CONDITIONS } from "./typedData.ts";

const CONDITIONS_TUPLE = { type: "tuple", components: CONDITIONS } as const;
const AWARD_TUPLE = { name: "award", type: "tuple", components: AWARD } as const;

const EXTRAS = {
  type: "tuple",
  components: [
    AWARD_TUPLE,
    { name: "awardSignature", type: "bytes" },
    { name: "source", type: "uint8" },
    { name: "permit", type: "bytes" },
  ],
} as const;

const BYTES = { type: "bytes" } as const;
const SOURCES = { credit: 0, allowance: 1, permit2: 2 } as const;

/** The first byte of each form: `contracts/offers/libraries/Permissions.sol`. */
const FORM = { whole: "0x00", plain: "0x01", awarded: "0x02" } as const;

/** What comes along with an offer. */
export interface OfferExtras {
  award?: SignedAward | undefined;
  payment?: OfferPayment | undefined;
}

/**
 * What `Offers` has to know of an offer when it is asked whether a worker may have it, or a job may be posted: the `permission` of `take` and
 * its like, in the shortest form that has room for it.
 */
export function encodePermission(
  { offer, signature }: SignedOffer,
  { award, payment = { source: "credit" } }: OfferExtras = {},
): Hex {
  const { terms: _, ...conditions } = offer;
  if (payment.source === "credit" && award !== undefined) {
    const { award: value, signature: awarded } = award;
    const types = [CONDITIONS_TUPLE, BYTES, AWARD_TUPLE, BYTES] as const;
    return concatHex([
      FORM.awarded,
      encodeAbiParameters(types, [conditions, signature, value, awarded]),
    ]);
  }
  if (payment.source === "credit" && isPlain(conditions)) return packed(conditions, signature);
  const extras = {
    award: award?.award ?? NO_AWARD,
    awardSignature: award?.signature ?? "0x",
    source: SOURCES[payment.source],
    permit: encodePermit(payment),
  } as const;
  const types = [CONDITIONS_TUPLE, BYTES, EXTRAS] as const;
  return concatHex([FORM.whole, encodeAbiParameters(types, [conditions, signature, extras])]);
}

const NO_AWARD = {
  ...{ offer: zeroHash, firstBatch: 0, batchCount: 0, winner: zeroAddress, backup: zeroAddress },
  ...{ reward: 0n, from: 0, bid: zeroHash },
} as const;

/** Nobody awards it, and its numbers have room in the short form. */
function isPlain(conditions: OfferConditions): boolean {
  const { selector, awardUntil, turnSeconds, bidBond, limit, nonce } = conditions;
  return (
    selector === zeroAddress &&
    awardUntil === 0 &&
    turnSeconds === 0 &&
    bidBond === 0n &&
    limit < 1n << 128n &&
    nonce < 1n << 64n
  );
}

function packed(conditions: OfferConditions, signature: Hex): Hex {
  const { minReward, maxReward, rampFrom, rampSeconds, takeUntil, limit, fee, nonce } = conditions;
  return concatHex([
    FORM.plain,
    encodePacked(
      ["uint96", "uint96", "uint40", "uint32", "uint40", "uint128", "uint96", "uint64"],
      [minReward, maxReward, rampFrom, rampSeconds, takeUntil, limit, fee, nonce],
    ),
    signature,
  ]);
}

function encodePermit(payment: OfferPayment): Hex {
  if (payment.source === "credit" || payment.permit === undefined) return "0x";
  if (payment.source === "allowance") {
    const { value, deadline, v, r, s } = payment.permit;
    const types = ["uint256", "uint256", "uint8", "bytes32", "bytes32"].map((type) => ({ type }));
    return encodeAbiParameters(types, [value, deadline, v, r, s]);
  }
  const { amount, nonce, deadline, signature } = payment.permit;
  const types = ["uint256", "uint256", "uint256", "bytes"].map((type) => ({ type }));
  return encodeAbiParameters(types, [amount, nonce, deadline, signature]);
}
