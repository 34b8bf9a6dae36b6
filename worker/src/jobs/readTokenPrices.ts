import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import {
  type Address,
  BaseError,
  type Chain,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  createPublicClient,
  erc20Abi,
  type Transport,
} from "viem";
import type { ConfiguredPrice, TokenPrice } from "./worth.ts";

/** An address in the policy's list of tokens is not a token. */
export class TokenUnreadableError extends AssayError {
  readonly code = "TOKEN_UNREADABLE";
  readonly retryable = false;

  constructor(token: Address, chainId: number, options: AssayErrorOptions) {
    super(
      `${token} is no ERC-20 token with decimals on chain ${chainId}: check --token and --rpc.`,
      options,
    );
  }
}

/** Whether the chain has answered that there is no such contract or function. */
function isAnswer(error: unknown): boolean {
  const found =
    error instanceof BaseError &&
    error.walk(
      (inner) =>
        inner instanceof ContractFunctionRevertedError ||
        inner instanceof ContractFunctionZeroDataError,
    );
  return found instanceof Error;
}

/**
 * Reads the decimals of tokens from their contracts.
 *
 * @throws {@link TokenUnreadableError}
 */
export async function readTokenPrices(
  { chain, transport }: { chain: Chain; transport: Transport },
  prices: readonly ConfiguredPrice[],
): Promise<TokenPrice[]> {
  const client = createPublicClient({ chain, transport });
  return Promise.all(
    prices.map(async (price) => {
      const { address } = price;
      try {
        const decimals = await client.readContract({
          address,
          abi: erc20Abi,
          functionName: "decimals",
        });
        return { ...price, decimals };
      } catch (cause) {
        throw isAnswer(cause) ? new TokenUnreadableError(address, chain.id, { cause }) : cause;
      }
    }),
  );
}
