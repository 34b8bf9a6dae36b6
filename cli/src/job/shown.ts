import type { JobSpec, JobTerms } from "@assay/sdk";
import { type Address, formatEther, zeroAddress } from "viem";

/** An amount of the coin, or of a token in its smallest unit. */
export function shownAmount(amount: bigint, token: Address = zeroAddress): string {
  return token === zeroAddress ? `${formatEther(amount)} ether` : `${amount} of token ${token}`;
}

/** A text of which a part may be a stranger's, fit for a terminal. */
export function shownText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}

/** Unix seconds as a date; numbers that no calendar has stay numbers. */
export function shownTime(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}

/** Terms as JSON has them: amounts with their unit, CIDs as text. */
export function termsFields({ rewardPerTask, stakePerBatch, ...terms }: JobTerms) {
  return { ...terms, rewardPerTask, stakePerBatchWei: stakePerBatch };
}

export function specFields({ program, manifest, ...spec }: JobSpec) {
  return { ...spec, program: String(program), manifest: String(manifest) };
}

/** An event with its CIDs as text. */
export function eventFields(event: object): object {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => {
      if (name === "spec") return [name, specFields(value)];
      if (name === "terms") return [name, termsFields(value)];
      return [name, name === "results" && value !== undefined ? String(value) : value];
    }),
  );
}
