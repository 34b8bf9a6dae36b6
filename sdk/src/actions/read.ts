import type { ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType } from "viem";
import type { MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { toContractError } from "../errors/contract.ts";
import { marketplaceAbi } from "../generated/marketplaceAbi.ts";
import { abortable } from "../streams/abortable.ts";

/** What every read takes. */
export interface ReadParameters extends AbortOptions {
  /** The state at this block. Default: the latest. */
  blockNumber?: bigint | undefined;
}

type Abi = typeof marketplaceAbi;
type FunctionName = ContractFunctionName<Abi, "view" | "pure">;

/** Calls one of the Marketplace's view functions. */
export async function read<const Name extends FunctionName>(
  client: MarketContext,
  functionName: Name,
  args: ContractFunctionArgs<Abi, "view" | "pure", Name>,
  { blockNumber, signal }: ReadParameters,
): Promise<ContractFunctionReturnType<Abi, "view" | "pure", Name>> {
  const call = client.public.readContract({
    address: client.marketplace,
    abi: marketplaceAbi,
    functionName,
    args,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  } as never);
  try {
    return (await abortable(call, signal)) as ContractFunctionReturnType<
      Abi,
      "view" | "pure",
      Name
    >;
  } catch (error) {
    throw toContractError(error) ?? error;
  }
}
