import { type Address, parseAbi, zeroAddress, zeroHash } from "viem";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { ChainContext } from "../../context/marketContext.ts";
import { isRefusal } from "../../errors/refusal.ts";

export interface IsProofArbiterParameters extends ReadParameters {
  arbiter: Address;
}

/** What every ProofArbiter answers, and no other arbiter: the game of a dispute, ten words at least. */
const gameAbi = parseAbi(["function game(bytes32) view returns (bytes32[10])"]);

/** Whether a contract is an arbiter that decides by fraud proofs, as far as its answers tell. */
export async function isProofArbiter(
  client: ChainContext,
  { arbiter, ...options }: IsProofArbiterParameters,
): Promise<boolean> {
  if (arbiter === zeroAddress) return false;
  try {
    await readContract(client, { address: arbiter, abi: gameAbi }, "game", [zeroHash], options);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
