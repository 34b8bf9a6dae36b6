import { type BroughtCall, type MarketClient, signedCallTypedData } from "@assay/sdk";
import { hashTypedData, isAddressEqual, recoverAddress } from "viem";
import { RefusedError } from "./refusals.ts";

/**
 * Checks that an account has signed a call: by its key, or as a contract.
 *
 * @throws {@link RefusedError}
 */
export async function checkSignature(
  client: Pick<MarketClient, "public" | "marketplace">,
  { call, signature }: BroughtCall,
): Promise<void> {
  const { marketplace } = client;
  const typed = signedCallTypedData({ marketplace, chainId: client.public.chain.id, call });
  const hash = hashTypedData(typed);
  const signer = await recoverAddress({ hash, signature }).catch(() => undefined);
  if (signer !== undefined && isAddressEqual(signer, call.account)) return;
  const address = call.account;
  const code = await client.public.getCode({ address });
  const isContract = code !== undefined && code !== "0x";
  const isSigned = isContract && (await client.public.verifyHash({ address, hash, signature }));
  if (!isSigned) throw new RefusedError("NOT_RELAYED", "a signature is none of the account");
}
