import {
  type Dispute,
  type GetGameReturnType,
  type GetPanelReturnType,
  type GetStandingReturnType,
  getGame,
  getJuryEvents,
  getPanel,
  getProofEvents,
  getStanding,
  isProofArbiter,
  type JuryEvent,
  type MarketContext,
  type ProofEvent,
} from "@assay/sdk";
import type { Address } from "viem";

/** What happened before the arbiter, by the kind of arbiter. */
export type Arbitration =
  | { by: "proof"; events: readonly ProofEvent[]; game: GetGameReturnType }
  | {
      by: "jury";
      events: readonly JuryEvent[];
      standing: GetStandingReturnType;
      panels: readonly GetPanelReturnType[];
    }
  | { by: "unknown" };

/** Reads what a dispute's arbiter says. One that is neither a ProofArbiter nor a JuryArbiter has a language of its own. */
export async function readArbitration(
  client: MarketContext,
  { id, arbiter, fromBlock }: { id: `0x${string}`; arbiter: Address; fromBlock: bigint },
  signal: AbortSignal,
): Promise<Arbitration> {
  const toBlock = await client.public.getBlockNumber({ cacheTime: 0 });
  const range = { fromBlock, toBlock, signal };
  if (await isProofArbiter(client, { arbiter, signal })) {
    const proof = { ...client, proof: arbiter };
    const [events, game] = await Promise.all([
      getProofEvents(proof, { id, ...range }),
      getGame(proof, { id, signal }),
    ]);
    return { by: "proof", events, game };
  }
  const jury = { ...client, jury: arbiter };
  try {
    const [all, standing] = await Promise.all([
      getJuryEvents(jury, range),
      getStanding(jury, { id, signal }),
    ]);
    const events = all.filter((event) => event.id === id);
    const drawn = events.filter(({ type }) => type === "juryDrawn");
    const panels = await Promise.all(
      drawn.map((event) =>
        getPanel(jury, { id, panel: "panel" in event ? event.panel : 0, signal }),
      ),
    );
    return { by: "jury", events, standing, panels };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) throw error;
    return { by: "unknown" };
  }
}

/** The parties of a dispute, for who did what. */
export type Parties = Pick<Dispute, "worker" | "challenger" | "requester">;
