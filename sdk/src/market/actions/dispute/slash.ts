import { eventsOf, type Written } from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";

/** Who got what of a worker's stake, in wei. */
export interface Slash {
  slashed: bigint;
  /** Out of everybody's reach: a part of the slash, and the bond of an asker whose own answer was wrong. */
  burned: bigint;
  /** The asker's, the arbiter's fee included; its bond comes on top. */
  reward: bigint;
  /** Set aside for the arbiter's fees of other challenges that were pending. */
  reserved: bigint;
  /** The requester's. */
  compensation: bigint;
}

/** The slash of a transaction, if a worker was slashed. */
export function slashOf(client: MarketContext, written: Written): Slash | undefined {
  const [event] = eventsOf(client, written, "WorkerSlashed");
  if (event === undefined) return undefined;
  const { slashed, burned, reward, reserved, compensation } = event;
  return { slashed, burned, reward, reserved, compensation };
}
