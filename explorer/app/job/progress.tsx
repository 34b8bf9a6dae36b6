import type { BatchStatus } from "@assay/sdk";
import { KIND_NAMES, Shape } from "../parts/shapes.tsx";

/** From the left: what is nearest to its end. */
export const STATUSES: readonly BatchStatus[] = [
  "settled",
  "submitted",
  "questioned",
  "claimed",
  "open",
  "void",
];

export type Counts = Record<BatchStatus, number>;

export function countsOf(batches: readonly { status: BatchStatus }[]): Counts {
  const counts = { open: 0, claimed: 0, submitted: 0, settled: 0, questioned: 0, void: 0 };
  for (const { status } of batches) counts[status]++;
  return counts;
}

/** A bar of batches by state. What it says is text beside it, or in `label`. */
export function Bar({ counts, label }: { counts: Counts; label?: string }) {
  const said = STATUSES.filter((status) => counts[status] > 0);
  return (
    <div
      class="bar"
      role="img"
      aria-label={
        label ?? said.map((status) => `${counts[status]} ${KIND_NAMES[status]}`).join(", ")
      }
    >
      {said.map((status) => (
        <span key={status} class={status} style={{ flexGrow: counts[status] }} />
      ))}
    </div>
  );
}

export function Legend({ counts }: { counts: Counts }) {
  return (
    <ul class="legend">
      {STATUSES.map((status) => (
        <li key={status} class={counts[status] === 0 ? "none" : ""}>
          <Shape kind={status} />
          <span>{KIND_NAMES[status]}</span>
          <strong>{counts[status].toLocaleString("en")}</strong>
        </li>
      ))}
    </ul>
  );
}
