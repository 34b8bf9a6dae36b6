import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  isAddressEqual,
  parseEventLogs,
} from "viem";
import { offersAbi } from "../../generated/offersAbi.ts";
import type { OffersDomain } from "../../protocol/offer/digest.ts";
import { type ReadParameters, readContract } from "../chain/read.ts";
import { requireMarketplace } from "../chain/requireMarketplace.ts";
import { type WriteParameters, type Written, writeContract } from "../chain/write.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { AccountRequiredError, OffersRequiredError } from "../errors/market.ts";

type Abi = typeof offersAbi;
type WriteName = ContractFunctionName<Abi, "nonpayable" | "payable">;
type ReadName = ContractFunctionName<Abi, "view" | "pure">;

/** @throws {@link OffersRequiredError} */
export function requireOffers({ offers }: Pick<MarketContext, "offers">, action: string): Address {
  if (offers === undefined) throw new OffersRequiredError(action);
  return offers;
}

/** What a client's signatures are for. */
export function domainOf(client: MarketContext, action: string): OffersDomain {
  return { offers: requireOffers(client, action), chainId: client.public.chain.id };
}

/** Calls `Offers`, as an account. */
export async function writeOffers<const Name extends WriteName>(
  client: MarketContext,
  call: {
    functionName: Name;
    args: ContractFunctionArgs<Abi, "nonpayable" | "payable", Name>;
    value?: bigint;
    gas?: bigint | undefined;
  },
  { signal }: WriteParameters,
): Promise<Written> {
  const address = requireOffers(client, call.functionName);
  if (client.wallet === undefined) throw new AccountRequiredError(call.functionName);
  await requireMarketplace(client, signal);
  const { functionName, value, gas } = call;
  const args = call.args as readonly unknown[];
  return writeContract(
    client,
    { address, abi: offersAbi, functionName, args, ...(value === undefined ? {} : { value }), gas },
    { signal },
  );
}

/** Calls a view function of `Offers`. */
export async function readOffers<const Name extends ReadName>(
  client: MarketContext,
  functionName: Name,
  args: ContractFunctionArgs<Abi, "view" | "pure", Name>,
  options: ReadParameters,
): Promise<ContractFunctionReturnType<Abi, "view" | "pure", Name>> {
  const contract = { address: requireOffers(client, functionName), abi: offersAbi };
  return readContract(client, contract, functionName, args, options);
}

/** The events of `Offers` in a transaction. */
export function offersEvents(client: MarketContext, { receipt }: Written) {
  const offers = requireOffers(client, "offersEvents");
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, offers));
  return parseEventLogs({ abi: offersAbi, logs });
}
