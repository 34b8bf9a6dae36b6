import { bytesToBigInt, type Hex } from "viem";
import { signedCallTypedData } from "../calls/signedCallTypedData.ts";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { AccountRequiredError } from "../errors/market.ts";
import { abortable } from "../streams/abortable.ts";
import type { SignedCall } from "../types/rights.ts";

export interface SignCallParameters extends AbortOptions {
  /** See `encodeCall`. */
  data: Hex;
  /** Wei that go with the call: whoever brings it pays them. Default: 0. */
  value?: bigint | undefined;
  /** Any number below 2²⁵⁶ that the account has not used. Default: a random one. */
  nonce?: bigint | undefined;
  /** Last second (Unix time) at which it is good. Default: an hour from the latest block. */
  deadline?: bigint | undefined;
}

export interface SignCallReturnType {
  call: SignedCall;
  signature: Hex;
}

export type SignCallErrorType = AccountRequiredError;

const VALID_SECONDS = 3600n;

/** Signs a call of the Marketplace for somebody else to bring, with `callSigned`. Nothing is sent. */
export async function signCall(
  client: MarketContext,
  { data, value = 0n, nonce, deadline, signal }: SignCallParameters,
): Promise<SignCallReturnType> {
  const { wallet, marketplace } = client;
  if (wallet === undefined) throw new AccountRequiredError("signCall");
  const inAnHour = async () =>
    (await abortable(client.public.getBlock(), signal)).timestamp + VALID_SECONDS;
  const call: SignedCall = {
    account: wallet.account.address,
    data,
    value,
    nonce: nonce ?? bytesToBigInt(crypto.getRandomValues(new Uint8Array(32))),
    deadline: deadline ?? (await inAnHour()),
  };
  const typed = signedCallTypedData({ marketplace, chainId: wallet.chain.id, call });
  return { call, signature: await abortable(wallet.signTypedData(typed), signal) };
}
