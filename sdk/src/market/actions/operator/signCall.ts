import type { Hex } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { SignedCall } from "../../calls/rights.ts";
import { signedCallTypedData } from "../../calls/signedCallTypedData.ts";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import { AccountRequiredError } from "../../errors/market.ts";
import { getNonces } from "../read/getNonces.ts";

export interface SignCallParameters extends AbortOptions {
  /** See `encodeCall`. */
  data: Hex;
  /** Wei that go with the call: whoever brings it pays them. Default: 0. */
  value?: bigint | undefined;
  /**
   * Any number below 2²⁵⁶ that the account has not used. Default: one of the lowest, by chance. Who signs many calls at once counts by
   * itself: two could get the same.
   */
  nonce?: bigint | undefined;
  /** Last second (Unix time) at which it is good. Default: an hour from the latest block. */
  deadline?: bigint | undefined;
}

export interface SignCallReturnType {
  call: SignedCall;
  signature: Hex;
}

/** viem's own errors when the node is unreachable. */
export type SignCallErrorType = AccountRequiredError | Error;

const VALID_SECONDS = 3600n;
const WORD_BITS = 256;

/**
 * Signs a call of the Marketplace for somebody else to bring, with `callSigned`. Nothing is sent.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError} before anything is signed.
 */
export async function signCall(
  client: MarketContext,
  { data, value = 0n, nonce, deadline, signal }: SignCallParameters,
): Promise<SignCallReturnType> {
  const { wallet, marketplace } = client;
  if (wallet === undefined) throw new AccountRequiredError("signCall");
  await requireMarketplace(client, signal);
  const inAnHour = async () =>
    (await abortable(client.public.getBlock(), signal)).timestamp + VALID_SECONDS;
  const call: SignedCall = {
    account: wallet.account.address,
    data,
    value,
    nonce: nonce ?? (await unusedNonce(client, signal)),
    deadline: deadline ?? (await inAnHour()),
  };
  const typed = signedCallTypedData({ marketplace, chainId: wallet.chain.id, call });
  return { call, signature: await abortable(wallet.signTypedData(typed), signal) };
}

/**
 * By chance one of the unused nonces in the lowest word that has any: the first use of a word of 256 nonces costs 17,100 gas more than
 * the others.
 */
async function unusedNonce(
  client: MarketContext,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  for (let word = 0n; ; word += 1n) {
    const used = await getNonces(client, { word, signal });
    const unused = Array.from({ length: WORD_BITS }, (_, bit) => BigInt(bit)).filter(
      (bit) => ((used >> bit) & 1n) === 0n,
    );
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    const bit = unused[random % unused.length];
    if (bit !== undefined) return word * BigInt(WORD_BITS) + bit;
  }
}
