import type {
  Address,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  Abi as WideAbi,
} from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import type { ChainContext, MarketContext } from "../context/marketContext.ts";
import { toContractError } from "../errors/contract.ts";
import { explainEmpty, requireMarketplace } from "./requireMarketplace.ts";

/** The parameters of every read. */
export interface ReadParameters extends AbortOptions {
  /** The state at this block. Default: the latest. */
  blockNumber?: bigint | undefined;
}

type Abi = typeof marketplaceAbi;
type FunctionName = ContractFunctionName<Abi, "view" | "pure">;

/**
 * Calls one of the Marketplace's view functions.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export async function read<const Name extends FunctionName>(
  client: MarketContext,
  functionName: Name,
  args: ContractFunctionArgs<Abi, "view" | "pure", Name>,
  options: ReadParameters,
): Promise<ContractFunctionReturnType<Abi, "view" | "pure", Name>> {
  await requireMarketplace(client, options.signal);
  const contract = { address: client.marketplace, abi: marketplaceAbi };
  try {
    return await readContract(client, contract, functionName, args, options);
  } catch (error) {
    throw await explainEmpty(client, error, options);
  }
}

/** Calls a view function of any contract. */
export async function readContract<
  const A extends WideAbi,
  const Name extends ContractFunctionName<A, "view" | "pure">,
>(
  client: ChainContext,
  contract: { address: Address; abi: A },
  functionName: Name,
  args: ContractFunctionArgs<A, "view" | "pure", Name>,
  { blockNumber, signal }: ReadParameters,
): Promise<ContractFunctionReturnType<A, "view" | "pure", Name>> {
  const call = client.public.readContract({
    ...contract,
    functionName,
    args,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  } as never);
  try {
    return (await abortable(call, signal)) as ContractFunctionReturnType<A, "view" | "pure", Name>;
  } catch (error) {
    throw toContractError(error) ?? error;
  }
}
