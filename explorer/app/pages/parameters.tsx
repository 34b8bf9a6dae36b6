import { getJuryParameters, getParameters, getProofParameters } from "@assay/sdk";
import { shownBps } from "../format/amount.ts";
import { shownDuration } from "../format/time.ts";
import { useMarket } from "../market/market.ts";
import { useRead } from "../market/useRead.ts";
import { Facts, Section, Title } from "../parts/layout.tsx";
import { Problem, Waiting } from "../parts/notes.tsx";
import { Hash } from "../parts/text.tsx";
import { Amount } from "../parts/values.tsx";

/** The rules of the deployment, fixed for ever. */
export function ParametersPage() {
  const { client, chain, proof, jury } = useMarket();
  const { value, error } = useRead(
    async (signal) => ({
      market: await getParameters(client, { signal }),
      proof: proof && (await getProofParameters(proof, { signal })),
      jury: jury && (await getJuryParameters(jury, { signal })),
    }),
    [client],
  );
  return (
    <>
      <Title title="Parameters" />
      <p class="intro">What this Marketplace was deployed with. Nobody can change it.</p>
      {error !== undefined && <Problem error={error} what="They could not be read." />}
      {value === undefined ? (
        error === undefined && <Waiting what="the parameters" />
      ) : (
        <div class="columns">
          <Section title="Marketplace">
            <Facts
              rows={[
                ["Chain", String(chain.id)],
                ["Address", <Hash value={client.marketplace} />],
                ["Least stake a batch", <Amount value={value.market.minStakePerBatch} />],
                ["Challenge window", between(value.market)],
                ["Longest time to submit", shownDuration(value.market.maxSubmitWindowSeconds)],
                ["Time to show a leaf", shownDuration(value.market.responseWindowSeconds)],
                ["Longest dispute", shownDuration(value.market.disputeTimeoutSeconds)],
                ["Unbonding", shownDuration(value.market.unbondingSeconds)],
                ["Lost by who is wrong", shownBps(value.market.slashBps)],
                ["Burned of that", shownBps(value.market.burnBps)],
                ["Challenger's share of the rest", shownBps(value.market.challengerShareBps)],
                ["Bond of a challenge", shownBps(value.market.challengeBondBps)],
                ["Bond of a demand", shownBps(value.market.demandBondBps)],
                ["Lost by a missed deadline", shownBps(value.market.expiryPenaltyBps)],
                ["Least cost of giving back", shownBps(value.market.releaseFeeBps)],
              ]}
            />
          </Section>
          <div>
            {value.proof !== undefined && proof !== undefined && (
              <Section title="ProofArbiter">
                <Facts
                  rows={[
                    ["Address", <Hash value={proof.proof} />],
                    ["Fee of a dispute", <Amount value={value.proof.feeWei} />],
                    ["Clock of each party", shownDuration(value.proof.clockSeconds)],
                  ]}
                />
              </Section>
            )}
            {value.jury !== undefined && jury !== undefined && (
              <Section title="JuryArbiter">
                <Facts
                  rows={[
                    ["Address", <Hash value={jury.jury} />],
                    ["Seats", String(value.jury.jurySize)],
                    ["Ticket", <Amount value={value.jury.ticketWei} />],
                    ["Fee of a seat", <Amount value={value.jury.seatFeeWei} />],
                    ["Time to commit", shownDuration(value.jury.commitSeconds)],
                    ["Time to reveal", shownDuration(value.jury.revealSeconds)],
                    ["Time to appeal", shownDuration(value.jury.appealSeconds)],
                    ["Lost by who stays away", shownBps(value.jury.noShowSlashBps)],
                    ["Lost by the minority", shownBps(value.jury.minoritySlashBps)],
                  ]}
                />
              </Section>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function between({
  minChallengeWindowSeconds,
  maxChallengeWindowSeconds,
}: {
  minChallengeWindowSeconds: number;
  maxChallengeWindowSeconds: number;
}): string {
  return `${shownDuration(minChallengeWindowSeconds)} to ${shownDuration(maxChallengeWindowSeconds)}`;
}
