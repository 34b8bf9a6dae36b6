import {
  type BroughtCall,
  dataFeeOf,
  FeeCapError,
  type MarketClient,
  marketplaceAbi,
} from "@assay/sdk";
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hex,
  zeroAddress,
} from "viem";
import { type TokenPrice, unitsOf, worthOf } from "../jobs/worth.ts";
import type { Ledger } from "./ledger.ts";
import { RefusedError } from "./refusals.ts";
import type { ReadRequest } from "./request.ts";

/** How much a relayer brings, and for what. */
export interface RelayerPolicy {
  /** Added to what is spent for an account: 0.1 is a tenth more. */
  marginShare: number;
  /** Tokens that it is paid in, besides the native coin. */
  tokens: readonly TokenPrice[];
  /** What an account with enough stake may owe, in wei. */
  advanceWei: bigint;
  /** Stake of an account that may owe anything, in wei: accounts cost nothing, stake does. */
  advanceStakeWei: bigint;
  /** All that is at risk at a time, in wei: debts, and requests that are paid only when they come true. */
  maxAdvancedWei: bigint;
  /** Most gas of one call. */
  maxGasPerCall: bigint;
}

/** A request that is worth bringing. */
export interface Admitted extends ReadRequest {
  /** Limit of gas, by call. */
  gas: readonly bigint[];
  /** What it costs at most, with the margin, in wei. */
  costWei: bigint;
  /** What of it is lost if nothing of it comes true, in wei. */
  atRiskWei: bigint;
}

/** Of gas above the estimate, in per cent. */
const GAS_PERCENT = 120n;
/** A share is counted in so many parts. */
const PARTS = 1_000_000;

/**
 * Whether a request comes true as things stand, and is paid for.
 * @param inFlightWei - what is at risk for requests that are not mined.
 *
 * @throws {@link RefusedError}
 */
export async function admit(
  { client, ledger, policy }: { client: MarketClient; ledger: Ledger; policy: RelayerPolicy },
  request: ReadRequest,
  { inFlightWei, signal }: { inFlightWei: () => bigint; signal: AbortSignal },
): Promise<Admitted> {
  const { account, calls, payments, paysOut } = request;
  const gas = await Promise.all(calls.map((call) => gasOf(client, call)));
  const most = policy.maxGasPerCall;
  if (gas.some((limit) => limit > most)) {
    throw new RefusedError("GAS", `a call may take ${most} gas at most`);
  }
  const [price, dataFee] = await Promise.all([
    priceOf(client, signal),
    dataFeeOf(client, calls.map(encodeSignedCall), signal),
  ]);
  const spentWei = gas.reduce((sum, limit) => sum + limit, 0n) * price + dataFee;
  const costWei = withMargin(spentWei, policy);
  const { stake } = await client.getAccount({ account, signal });
  const advanceWei = stake >= policy.advanceStakeWei && !paysOut ? policy.advanceWei : 0n;
  const balanceWei = ledger.balanceOf(account);
  const paidWei = payments.reduce(
    (sum, { token, amount }) => sum + (worthOf(policy, token, amount) ?? 0n),
    0n,
  );
  const missingWei = costWei - (balanceWei + paidWei + advanceWei);
  if (missingWei > 0n) {
    // With the payment, the request is a call longer.
    const more = payments.length > 0 ? 0n : withMargin(GIVING_GAS * price, policy);
    throw paymentError(client, policy, missingWei + paidWei + more);
  }
  const atRiskWei = balanceWei >= costWei ? 0n : costWei - larger(balanceWei, 0n);
  if (ledger.owedWei + inFlightWei() + atRiskWei > policy.maxAdvancedWei && atRiskWei > 0n) {
    throw new RefusedError("EXHAUSTED", "the relayer advances no more now: pay before, or wait");
  }
  return { ...request, gas, costWei, atRiskWei };
}

/** Limit of gas of a `giveCredit` that is brought, with its share of the data. */
const GIVING_GAS = 110_000n;

/** Simulates the call as it would be brought. */
async function gasOf(client: MarketClient, { call, signature }: BroughtCall): Promise<bigint> {
  try {
    const estimate = await client.public.estimateContractGas({
      ...{ address: client.marketplace, abi: marketplaceAbi, account: client.wallet?.account },
      ...{ functionName: "callSigned", args: [call, signature] },
    });
    return (estimate * GAS_PERCENT) / 100n;
  } catch (error) {
    const reason = revertOf(error);
    if (reason === undefined) throw error;
    throw new RefusedError("REVERTS", `the chain refuses it: ${reason}`);
  }
}

/** The name of the contract's error; `undefined` where the call did not get as far. */
function revertOf(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (!(reverted instanceof ContractFunctionRevertedError)) return undefined;
  return reverted.data?.errorName ?? reverted.reason ?? "it reverts";
}

function encodeSignedCall({ call, signature }: BroughtCall): Hex {
  return encodeFunctionData({
    ...{ abi: marketplaceAbi, functionName: "callSigned", args: [call, signature] },
  });
}

/** The most that a unit of gas may cost until it is mined. */
async function priceOf(client: MarketClient, signal: AbortSignal): Promise<bigint> {
  try {
    return (await client.getFees({ signal })).maxFeePerGas;
  } catch (error) {
    if (!(error instanceof FeeCapError)) throw error;
    throw new RefusedError("GAS_PRICE", error.shortMessage);
  }
}

/** What an account owes for what was spent. */
export function withMargin(
  wei: bigint,
  { marginShare }: Pick<RelayerPolicy, "marginShare">,
): bigint {
  const parts = BigInt(Math.round((1 + marginShare) * PARTS));
  return (wei * parts + BigInt(PARTS) - 1n) / BigInt(PARTS);
}

function paymentError(client: MarketClient, policy: RelayerPolicy, wei: bigint): RefusedError {
  const to = client.wallet?.account.address;
  if (to === undefined) throw new TypeError("a relayer has an account");
  const any = [zeroAddress, ...policy.tokens.map(({ address }) => address)].flatMap((token) => {
    const amount = unitsOf(policy, token, wei);
    return amount === undefined ? [] : { token, amount };
  });
  const message = `it costs ${wei} wei: give as much credit to ${to} by giveCredit, as the first call`;
  return new RefusedError("PAYMENT", message, { to, any });
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
