import type { JobId } from "@assay/sdk";
import type { Address } from "viem";
import { remember } from "../recent/remember.ts";
import { MOST_AUTHORS, SCORE, STANDING_MS, STANDING_READS } from "./limits.ts";
import { createRateLimiter } from "./rateLimiter.ts";

/**
 * Reads from the chain what stands behind an account.
 * @param jobs - that the account has told of lately: perhaps its own, with an escrow.
 * @returns 0 for nothing; otherwise up to 10, the more the better its reputation.
 */
export type ReadStanding = (account: Address, jobs: readonly JobId[]) => Promise<number>;

interface Entry {
  value: number;
  staleAt: number;
  isBeingRead: boolean;
  /** The last jobs that the account has told of, newest first. */
  jobs: readonly JobId[];
}

/** Jobs of an account that are remembered: one that is live is enough. */
const MOST_JOBS = 8;

export interface Standings {
  /** What is known of the account now. Unknown accounts, and those not looked at for a while, are read in the background. */
  of(account: Address, jobs: readonly JobId[]): number;
}

/** Remembers what stands behind accounts, and reads it seldom, however many accounts peers invent. */
export function createStandings(
  read: ReadStanding | undefined,
  now: () => number = () => performance.now(),
): Standings {
  const entries = new Map<Address, Entry>();
  const reads = createRateLimiter(STANDING_READS, now);

  async function look(account: Address, entry: Entry): Promise<void> {
    entry.isBeingRead = true;
    try {
      const value = (await read?.(account, entry.jobs)) ?? 0;
      entry.value = Math.min(Math.max(value, 0), SCORE.mostStanding);
      entry.staleAt = now() + (entry.value > 0 ? STANDING_MS.some : STANDING_MS.none);
    } catch {
      // The chain cannot be asked: what was known before is kept.
      entry.staleAt = now() + STANDING_MS.none;
    } finally {
      entry.isBeingRead = false;
    }
  }

  function entryOf(account: Address): Entry {
    const known = entries.get(account) ?? {
      ...{ value: 0, staleAt: 0, isBeingRead: false },
      jobs: [],
    };
    const isSpare = (other: Entry) => other !== known && other.value === 0;
    remember(entries, account, known, MOST_AUTHORS, isSpare);
    return known;
  }

  return {
    of(account, jobs) {
      const entry = entryOf(account);
      if (jobs.length > 0) {
        entry.jobs = [...new Set([...jobs, ...entry.jobs])].slice(0, MOST_JOBS);
      }
      const isDue = read !== undefined && !entry.isBeingRead && now() >= entry.staleAt;
      if (isDue && reads.take("")) void look(account, entry);
      return entry.value;
    },
  };
}
