import { type Address, zeroAddress } from "viem";
import type { AbortOptions } from "../../../concurrency/abortOptions.ts";
import type { ChainContext } from "../../context/marketContext.ts";
import { ArbiterNotReadyError } from "../../errors/market.ts";
import { isRefusal } from "../../errors/refusal.ts";
import { canDecide } from "../read/canDecide.ts";

/** @throws {@link ArbiterNotReadyError} when a job's arbiter could not decide now, or is none. */
export async function requireArbiter(
  client: ChainContext,
  { arbiter, requester, signal }: { arbiter: Address; requester: Address } & AbortOptions,
): Promise<void> {
  if (arbiter === zeroAddress) return;
  let ready: boolean;
  try {
    ready = await canDecide(client, { arbiter, requester, signal });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const details = "it does not say whether it can: there may be no arbiter at the address";
    throw new ArbiterNotReadyError(arbiter, { details, cause: error });
  }
  if (!ready) throw new ArbiterNotReadyError(arbiter);
}
