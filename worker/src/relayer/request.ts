import { type BroughtCall, decodeCall } from "@assay/sdk";
import { type Address, isAddressEqual, size } from "viem";
import { RefusedError } from "./refusals.ts";

/** Functions of the Marketplace that are brought, all without coins. */
const RELAYED: ReadonlySet<string> = new Set([
  ...["claim", "submit", "release", "settle", "reveal", "expire", "withdraw", "giveCredit"],
  ...["take", "fulfil", "claimReserved", "setRights", "useNonces", "cancel"],
  ...["postFromCredit", "postWithPermit", "post", "addCredit", "unbond", "rebond", "withdrawStake"],
]);

/** Functions by which an account's credit leaves it: its debts come first. */
const PAYS_OUT: ReadonlySet<string> = new Set(["withdraw"]);

/** Longest data of a call, in bytes. */
const MOST_DATA_BYTES = 8 << 10;

/** Seconds for which a call has to be good, at least: it is to be mined within. */
const LEAST_SECONDS = 60n;

/** A request by what can be said of it without the chain. */
export interface ReadRequest {
  account: Address;
  calls: readonly BroughtCall[];
  /** What the first calls give the relayer, by token. */
  payments: { token: Address; amount: bigint }[];
  paysOut: boolean;
}

/**
 * Reads what a request's calls do.
 *
 * @throws {@link RefusedError}
 */
export function readRequest(
  calls: readonly BroughtCall[],
  { relayer, now }: { relayer: Address; now: bigint },
): ReadRequest {
  const [
    {
      call: { account },
    } = { call: {} },
  ] = calls;
  if (account === undefined) throw new RefusedError("MALFORMED", "there is no call");
  const payments: ReadRequest["payments"] = [];
  let paysOut = false;
  for (const [i, { call, signature }] of calls.entries()) {
    if (!isAddressEqual(call.account, account)) {
      throw new RefusedError("NOT_RELAYED", "the calls are of several accounts");
    }
    if (call.value !== 0n) {
      throw new RefusedError("NOT_RELAYED", "a call carries coins, which the relayer would pay");
    }
    if (size(call.data) > MOST_DATA_BYTES || size(signature) > MOST_DATA_BYTES) {
      throw new RefusedError("TOO_LARGE", `a call is longer than ${MOST_DATA_BYTES} bytes`);
    }
    if (call.deadline < now + LEAST_SECONDS) {
      throw new RefusedError("DEADLINE", `a call has to be good for ${LEAST_SECONDS} s more`);
    }
    const { functionName, args } = decoded(call.data);
    if (!RELAYED.has(functionName)) {
      throw new RefusedError("NOT_RELAYED", `${functionName} is not brought`);
    }
    paysOut ||= PAYS_OUT.has(functionName);
    if (functionName !== "giveCredit") continue;
    const [to, token, amount] = args as [Address, Address, bigint];
    if (!isAddressEqual(to, relayer)) continue;
    // What is paid after the account was paid out may not be there any more.
    if (payments.length < i) throw new RefusedError("NOT_RELAYED", "a payment has to come first");
    payments.push({ token, amount });
  }
  return { account, calls, payments, paysOut };
}

function decoded(data: BroughtCall["call"]["data"]): { functionName: string; args: unknown } {
  try {
    return decodeCall(data);
  } catch {
    throw new RefusedError("NOT_RELAYED", "a call is none of the Marketplace");
  }
}
