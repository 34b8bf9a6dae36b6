import type { CID } from "multiformats/cid";
import type { Address, Hex } from "viem";
import { admittedCid } from "../../../protocol/cid/chainCid.ts";
import type { JobId, JobSpec, JobTerms } from "../../../protocol/job/job.ts";
import { decodeRights, type Right } from "../../calls/rights.ts";
import { type LogRange, type MarketLog, readLogs } from "../../chain/logs.ts";
import type { EventArgs, EventName } from "../../chain/marketEvent.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ChainDataError } from "../../errors/market.ts";
import { toPostedJob } from "./getPostedJobs.ts";

export interface GetMarketEventsParameters extends LogRange {
  /** Only what happened to this job and its batches. Default: everything. */
  jobId?: JobId | undefined;
}

/** Where on the chain an event is. */
export interface EventPlace {
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

interface BatchEvent {
  jobId: JobId;
  batch: number;
  worker: Address;
}

/** An event about a batch in question, its structs as the contract has them. */
type QuestionArgs<Name extends EventName> = Omit<EventArgs<Name>, "job"> & { jobId: JobId };

/** Any event of a Marketplace. Amounts are wei or a token's smallest unit, times Unix seconds. */
export type MarketEvent = EventPlace &
  (
    | { type: "jobPosted"; jobId: JobId; requester: Address; terms: JobTerms; spec: JobSpec }
    | { type: "jobCancelled"; jobId: JobId; refund: bigint }
    | ({ type: "batchClaimed"; deadline: number } & BatchEvent)
    /** `results` is `undefined` when it is no CID that Assay admits: nobody can fetch what was submitted. */
    | ({ type: "batchSubmitted"; resultRoot: Hex; results: CID | undefined } & BatchEvent)
    | ({ type: "batchSettled"; reward: bigint } & BatchEvent)
    | ({ type: "batchExpired"; penalty: bigint } & BatchEvent)
    | ({ type: "batchReleased"; fee: bigint } & BatchEvent)
    | { type: "batchRefunded"; jobId: JobId; batch: number; amount: bigint }
    | ({
        type: "leafDemanded";
        round: number;
        number: number;
        position: number;
        asker: Address;
        bond: bigint;
        deadline: number;
      } & BatchEvent)
    | ({ type: "leafRevealed" } & QuestionArgs<"LeafRevealed">)
    | ({ type: "batchChallenged" } & QuestionArgs<"BatchChallenged">)
    | ({ type: "challengeResolved" } & QuestionArgs<"ChallengeResolved">)
    | ({ type: "demandVoided" } & QuestionArgs<"DemandVoided">)
    | ({ type: "feeReturned" } & QuestionArgs<"FeeReturned">)
    | ({
        type: "workerSlashed";
        asker: Address;
        slashed: bigint;
        burned: bigint;
        reward: bigint;
        reserved: bigint;
        compensation: bigint;
      } & BatchEvent)
    | { type: "questionPrepared"; asker: Address; commitment: Hex; amount: bigint }
    | { type: "preparationReclaimed"; asker: Address; commitment: Hex; amount: bigint }
    | { type: "deposited"; account: Address; amount: bigint }
    | { type: "unbonded"; account: Address; amount: bigint; readyAt: number }
    | { type: "rebonded"; account: Address; amount: bigint }
    | { type: "stakeWithdrawn"; account: Address; to: Address; amount: bigint }
    | { type: "creditAdded"; account: Address; token: Address; from: Address; amount: bigint }
    | { type: "creditWithdrawn"; account: Address; token: Address; to: Address; amount: bigint }
    | { type: "creditGiven"; from: Address; token: Address; to: Address; amount: bigint }
    | { type: "rightsSet"; account: Address; operator: Address; rights: Right[] }
    | { type: "noncesUsed"; account: Address; word: bigint; mask: bigint }
  );

export type GetMarketEventsReturnType = MarketEvent[];

export type GetMarketEventsErrorType = ChainDataError;

export const JOB_EVENTS = [
  "JobPosted",
  "JobCancelled",
  "BatchClaimed",
  "BatchSubmitted",
  "BatchSettled",
  "BatchExpired",
  "BatchReleased",
  "BatchRefunded",
  "LeafDemanded",
  "LeafRevealed",
  "BatchChallenged",
  "ChallengeResolved",
  "DemandVoided",
  "FeeReturned",
  "WorkerSlashed",
] as const satisfies EventName[];

export const ACCOUNT_EVENTS = [
  "Deposited",
  "Unbonded",
  "Rebonded",
  "StakeWithdrawn",
  "CreditAdded",
  "CreditGiven",
  "CreditWithdrawn",
  "QuestionPrepared",
  "PreparationReclaimed",
  "RightsSet",
  "NoncesUsed",
] as const satisfies EventName[];

/**
 * All events in a range of blocks, in the order of the chain. A posting whose CIDs Assay does not admit is left out, since
 * nobody can fetch what it names; terms and specs are checked against their job's name.
 */
export async function getMarketEvents(
  client: MarketContext,
  { jobId, ...range }: GetMarketEventsParameters,
): Promise<GetMarketEventsReturnType> {
  const names = jobId === undefined ? [...JOB_EVENTS, ...ACCOUNT_EVENTS] : JOB_EVENTS;
  const events: MarketEvent[] = [];
  for await (const log of readLogs(client, { events: names, job: jobId }, range)) {
    const event = toMarketEvent(log);
    if (event !== undefined) events.push(event);
  }
  return events;
}

export function toMarketEvent(log: MarketLog): MarketEvent | undefined {
  const { blockNumber, blockHash, transactionHash, logIndex } = log;
  const place = { blockNumber, blockHash, transactionHash, logIndex };
  switch (log.eventName) {
    case "JobPosted": {
      const job = toPostedJob(log);
      return job && { type: "jobPosted", ...job, ...place };
    }
    case "JobCancelled":
      return { type: "jobCancelled", ...ofJob(log.args), ...place };
    case "BatchClaimed":
      return { type: "batchClaimed", ...ofJob(log.args), ...place };
    case "BatchSubmitted": {
      const results = admittedCid(log.args.results);
      return { type: "batchSubmitted", ...ofJob(log.args), results, ...place };
    }
    case "BatchSettled":
      return { type: "batchSettled", ...ofJob(log.args), ...place };
    case "BatchExpired":
      return { type: "batchExpired", ...ofJob(log.args), ...place };
    case "BatchReleased":
      return { type: "batchReleased", ...ofJob(log.args), ...place };
    case "BatchRefunded":
      return { type: "batchRefunded", ...ofJob(log.args), ...place };
    case "LeafDemanded":
      return { type: "leafDemanded", ...ofJob(log.args), ...place };
    case "LeafRevealed":
      return { type: "leafRevealed", ...ofJob(log.args), ...place };
    case "BatchChallenged":
      return { type: "batchChallenged", ...ofJob(log.args), ...place };
    case "ChallengeResolved":
      return { type: "challengeResolved", ...ofJob(log.args), ...place };
    case "DemandVoided":
      return { type: "demandVoided", ...ofJob(log.args), ...place };
    case "FeeReturned":
      return { type: "feeReturned", ...ofJob(log.args), ...place };
    case "WorkerSlashed":
      return { type: "workerSlashed", ...ofJob(log.args), ...place };
    case "QuestionPrepared":
      return { type: "questionPrepared", ...log.args, ...place };
    case "PreparationReclaimed":
      return { type: "preparationReclaimed", ...log.args, ...place };
    case "Deposited":
      return { type: "deposited", ...log.args, ...place };
    case "Unbonded":
      return { type: "unbonded", ...log.args, ...place };
    case "Rebonded":
      return { type: "rebonded", ...log.args, ...place };
    case "StakeWithdrawn":
      return { type: "stakeWithdrawn", ...log.args, ...place };
    case "CreditAdded":
      return { type: "creditAdded", ...log.args, ...place };
    case "CreditWithdrawn":
      return { type: "creditWithdrawn", ...log.args, ...place };
    case "CreditGiven":
      return { type: "creditGiven", ...log.args, ...place };
    case "RightsSet":
      return { type: "rightsSet", ...log.args, rights: decodeRights(log.args.rights), ...place };
    case "NoncesUsed":
      return { type: "noncesUsed", ...log.args, ...place };
  }
}

/** The ABI calls a job's name `job`, TypeScript `jobId`. */
function ofJob<Args extends { job: JobId }>({ job, ...args }: Args) {
  return { jobId: job, ...args };
}
