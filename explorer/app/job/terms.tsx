import type { PostedJob } from "@assay/sdk";
import { zeroAddress, zeroHash } from "viem";
import { shownBps, shownBytes } from "../format/amount.ts";
import { shownDuration } from "../format/time.ts";
import { useMarket } from "../market/market.ts";
import { Facts } from "../parts/layout.tsx";
import { Hash } from "../parts/text.tsx";
import { Account, Amount, Moment } from "../parts/values.tsx";

/** Terms and limits of a job, as they are on the chain. */
export function Terms({ job: { terms, spec } }: { job: Pick<PostedJob, "terms" | "spec"> }) {
  const { settings } = useMarket();
  const arbiterName =
    terms.arbiter === settings.proof
      ? "fraud proofs"
      : terms.arbiter === settings.jury
        ? "a jury"
        : undefined;
  return (
    <Facts
      rows={[
        ["Requester", <Account address={terms.requester} />],
        ["Arbiter", arbiterOf(terms.arbiter, arbiterName)],
        ["Batch size", terms.batchSize.toLocaleString("en")],
        ["Stake a batch", <Amount value={terms.stakePerBatch} />],
        ["Least score", shownBps(terms.minScore % 0x8000)],
        ["Claimed until", <Moment at={terms.claimUntil} />],
        ["Time to submit", shownDuration(terms.submitWindowSeconds)],
        ["Challenge window", shownDuration(terms.challengeWindowSeconds)],
        ["Program", <Hash value={spec.program.toString()} kept={6} />],
        ["Inputs", <Hash value={spec.manifest.toString()} kept={6} />],
        ["Memory of a task", shownBytes(spec.memoryPages * 65_536)],
        ["Longest result", shownBytes(spec.maxResultBytes)],
        ["Most fuel", spec.maxSteps.toLocaleString("en")],
        ["Can be proved", spec.machineRoot === zeroHash ? "no" : "yes"],
      ]}
    />
  );
}

function arbiterOf(address: string, name: string | undefined) {
  if (address === zeroAddress) return "none: results cannot be challenged";
  return (
    <>
      {name !== undefined && `${name}, `}
      <Hash value={address} />
    </>
  );
}
