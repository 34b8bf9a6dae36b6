import { type Dispute, type JobTerms, resolve } from "@assay/sdk";
import type { Arbitration } from "../dispute/arbitration.ts";
import { Act } from "./act.tsx";

/** Carries a ruling out: anyone can, when the arbiter has ruled. */
export function ResolveDispute({
  dispute,
  terms,
  arbitration,
}: {
  dispute: Dispute;
  terms: JobTerms;
  arbitration: Arbitration;
}) {
  const isRuled =
    (arbitration.by === "proof" && arbitration.game.stage === "over") ||
    (arbitration.by === "jury" && ["final", "settled"].includes(arbitration.standing.stage));
  if (!isRuled) return null;
  return (
    <Act
      label="Carry the ruling out"
      done="The ruling is carried out."
      act={(writer) => resolve(writer, { terms, dispute })}
    />
  );
}
