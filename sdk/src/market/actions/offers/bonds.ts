import type { Address, Hex } from "viem";
import type { Bid, SignedAward, SignedOffer } from "../../../protocol/offer/offer.ts";
import { termsOfOffer } from "../../../protocol/offer/price.ts";
import type { ReadParameters } from "../../chain/read.ts";
import {
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { readOffers, writeOffers } from "../../offers/callOffers.ts";
import { encodePermission } from "../../offers/permission.ts";

export interface AddBondParameters extends WriteParameters {
  /** Wei. */
  amount: bigint;
  /** Default: the client's account. */
  account?: Address | undefined;
}

export interface WithdrawBondParameters extends WriteParameters {
  /** Wei. */
  amount: bigint;
  /** Default: the client's account. */
  to?: Address | undefined;
}

export interface GetBondParameters extends ReadParameters {
  /** Default: the client's account. */
  account?: Address | undefined;
}

export interface GetRegistrationParameters extends ReadParameters {
  /** The offer's digest. */
  offer: Hex;
}

/** An award with a bond behind it. */
export interface AwardRegistration {
  /** Unix second at which the winner's turn began. */
  since: number;
  /** What is held, in wei: 0 once it was returned. */
  bond: bigint;
}

export interface RegisterAwardParameters extends WriteParameters, SignedOffer {
  award: SignedAward;
  bid: { bid: Bid; signature: Hex };
}

export interface ReturnBondParameters extends WriteParameters, Pick<SignedOffer, "offer"> {
  award: SignedAward["award"];
}

export type RegisterAwardErrorType =
  | WriteErrorType
  | ContractErrorOf<
      | "Offers_AlreadyRegistered"
      | "Offers_InsufficientBond"
      | "Offers_NonceUsed"
      | "Offers_NotPosted"
      | "Offers_WrongAward"
      | "Offers_WrongBid"
      | "Offers_WrongSignature"
    >;

/** Adds to what an account can bid with where an offer asks for a bond. */
export async function addBond(
  client: MarketContext,
  { amount, account, signal }: AddBondParameters,
): Promise<WriteReturnType> {
  const args = [account ?? accountOf(client, "addBond")] as const;
  const call = { functionName: "addBond", args, value: amount } as const;
  return transactionOf(await writeOffers(client, call, { signal }));
}

/** Takes back what the account can bid with, and no award holds. */
export async function withdrawBond(
  client: MarketContext,
  { amount, to, signal }: WithdrawBondParameters,
): Promise<WriteReturnType> {
  const args = [amount, to ?? accountOf(client, "withdrawBond")] as const;
  return transactionOf(
    await writeOffers(client, { functionName: "withdrawBond", args }, { signal }),
  );
}

/** What an account can bid with, in wei. */
export async function getBond(
  client: MarketContext,
  { account, ...options }: GetBondParameters = {},
): Promise<bigint> {
  return readOffers(client, "bondOf", [account ?? accountOf(client, "getBond")], options);
}

/** The registered award of an offer that asks for a bond; `undefined` before. */
export async function getRegistration(
  client: MarketContext,
  { offer, ...options }: GetRegistrationParameters,
): Promise<AwardRegistration | undefined> {
  const { since, bond } = await readOffers(client, "registration", [offer], options);
  return since === 0 ? undefined : { since, bond };
}

/** Starts the turn of a winner whose bid has a bond behind it. Anyone may, once the job is posted. */
export async function registerAward(
  client: MarketContext,
  { offer, signature, award, bid, signal }: RegisterAwardParameters,
): Promise<WriteReturnType> {
  const terms = termsOfOffer(offer, { reward: award.award.reward, isReserved: true });
  const permission = encodePermission({ offer, signature }, { award });
  const args = [terms, permission, bid.bid, bid.signature] as const;
  return transactionOf(
    await writeOffers(client, { functionName: "registerAward", args }, { signal }),
  );
}

/** Frees the bond of a winner that cannot claim: the job was cancelled, or the requester took its right from `Offers`. Within its turn. */
export async function returnBond(
  client: MarketContext,
  { offer, award, signal }: ReturnBondParameters,
): Promise<WriteReturnType> {
  const terms = termsOfOffer(offer, { reward: award.reward, isReserved: true });
  // Nobody looks at the signatures.
  const permission = encodePermission(
    { offer, signature: "0x" },
    { award: { award, signature: "0x" } },
  );
  const args = [terms, permission] as const;
  return transactionOf(await writeOffers(client, { functionName: "returnBond", args }, { signal }));
}

function accountOf({ wallet }: MarketContext, action: string): Address {
  if (wallet === undefined) throw new AccountRequiredError(action);
  return wallet.account.address;
}
