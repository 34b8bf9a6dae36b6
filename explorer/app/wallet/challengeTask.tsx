import {
  challenge,
  type Execution,
  entryOf,
  Ground,
  getQuestionCosts,
  isProofArbiter,
  type MarketContext,
  type PostedJob,
  prepareQuestion,
  questionCommitment,
  type ResultEntry,
  randomSalt,
  resultLeaf,
  toResultLeaf,
} from "@assay/sdk";
import { useState } from "preact/hooks";
import { bytesToHex, zeroAddress } from "viem";
import type { BatchResults } from "../job/useResults.ts";
import { useMarket } from "../market/market.ts";
import { useRead } from "../market/useRead.ts";
import { Amount } from "../parts/values.tsx";
import { disputePath } from "../route/route.ts";
import { Act } from "./act.tsx";

interface Wrong {
  job: PostedJob;
  results: BatchResults;
  entry: ResultEntry & { position: number };
  execution: Execution;
}

/** Puts a wrong result to the job's arbiter: a preparation, and a second later the challenge. */
export function ChallengeTask(wrong: Wrong) {
  const { job } = wrong;
  const { terms } = job;
  const { client } = useMarket();
  const batch = Math.floor(wrong.entry.position / terms.batchSize);
  const [isPlayed, setPlayed] = useState(false);
  const { value } = useRead(
    async (signal) => ({
      costs: await getQuestionCosts(client, { terms, batch, signal }),
      isProof: await isProofArbiter(client, { arbiter: terms.arbiter, signal }),
    }),
    [client, job.jobId, batch],
  );
  if (terms.arbiter === zeroAddress) return <p>The job names no arbiter: nobody could decide.</p>;
  if (value === undefined) return null;
  return (
    <>
      {value.isProof && (
        <label class="tick">
          <input
            type="checkbox"
            checked={isPlayed}
            onChange={(event) => setPlayed(event.currentTarget.checked)}
          />
          A node of my account runs and makes the moves of the dispute. Without one the challenge is
          lost.
        </label>
      )}
      {(!value.isProof || isPlayed) && (
        <Act
          label="Challenge the result"
          done="The result is challenged."
          act={(writer, say) => send(writer, wrong, say)}
        >
          <p>
            It takes <Amount value={value.costs.nextChallenge} />, which comes back with a part of
            the worker's stake if the worker is found wrong.
          </p>
        </Act>
      )}
    </>
  );
}

async function send(
  writer: MarketContext,
  { job: { jobId, terms }, results, entry, execution }: Wrong,
  say: (step: string) => void,
): Promise<void> {
  const asker = writer.wallet?.account.address;
  if (asker === undefined) return;
  const { submission, manifest } = results;
  const { position } = entry;
  const batch = Math.floor(position / terms.batchSize);
  const question = {
    ...{ job: jobId, batch, position, ground: Ground.wrongResult },
    ...{ resultRoot: submission.resultRoot, salt: randomSalt() },
    answer: bytesToHex(resultLeaf(position, await entryOf(execution))),
  };
  const commitment = questionCommitment({ asker, question });
  await laterThan(writer, submission.blockNumber);
  const { challengeBond: prepared } = await getQuestionCosts(writer, { terms, batch });
  const { blockNumber } = await prepareQuestion(writer, { commitment, amount: prepared });
  say("Prepared. Confirm the challenge in your wallet…");
  await laterThan(writer, blockNumber);
  const proof = await manifest.proof(position);
  const leaf = toResultLeaf(position, entry);
  const { id } = await challenge(writer, { terms, question, leaf, proof, prepared });
  location.hash = disputePath(jobId, batch, id);
}

/** What is asked in the second in which it was prepared counts as not prepared. */
async function laterThan(client: MarketContext, blockNumber: bigint): Promise<void> {
  const { timestamp } = await client.public.getBlock({ blockNumber });
  while ((await client.public.getBlock()).timestamp <= timestamp) {
    await new Promise((resolve) => setTimeout(resolve, client.pollingIntervalMs));
  }
}
