import { remember } from "../recent/remember.ts";
import {
  BAN_AT,
  BAN_MS,
  HALF_LIFE_MS,
  MOST_AUTHORS,
  MOST_STALE,
  OFFENCES,
  SCORE,
} from "./limits.ts";

export type Offence = keyof typeof OFFENCES;

interface Offender {
  points: number;
  /** When the points were counted. */
  at: number;
  bannedUntil: number;
  bans: number;
}

export interface Offenders {
  /** Counts an offence of a peer, named by its peer id or its account. */
  note(name: string, offence: Offence): void;
  /** The same of an author, and of the account that it speaks for: another peer key does not wash it off. */
  blame(author: { peerId: string; account: string | undefined }, offence: Offence): void;
  isBanned(name: string): boolean;
  /** Zero or less: what gossipsub adds to its own score of the peer. */
  score(name: string): number;
  /** Bans at the moment. */
  readonly bans: number;
}

/**
 * Remembers who misbehaved: points that fade, and bans for a time that doubles.
 * @param now - a clock in milliseconds.
 * @param onBan - called when a ban begins, with its length in milliseconds.
 */
export function createOffenders({
  now = () => performance.now(),
  onBan = () => {},
}: {
  now?: () => number;
  onBan?: (name: string, ms: number, offence: Offence) => void;
} = {}): Offenders {
  const records = new Map<string, Offender>();

  function pointsAt({ points, at }: Offender, time: number): number {
    return points * 2 ** ((at - time) / HALF_LIFE_MS);
  }

  /**
   * The record moves to the end: who has done nothing for longest is forgotten first; but nobody who is banned, or a crowd of new names
   * would end the ban.
   */
  function touch(name: string): Offender {
    const record = records.get(name) ?? { points: 0, at: now(), bannedUntil: 0, bans: 0 };
    const time = now();
    const isSpare = (other: Offender) => other !== record && time >= other.bannedUntil;
    remember(records, name, record, MOST_AUTHORS, isSpare);
    return record;
  }

  function note(name: string, offence: Offence): void {
    const time = now();
    const record = touch(name);
    const before = pointsAt(record, time);
    const most = offence === "stale" ? Math.max(before, MOST_STALE) : Number.POSITIVE_INFINITY;
    record.points = Math.min(before + OFFENCES[offence], most);
    record.at = time;
    if (record.points < BAN_AT || time < record.bannedUntil) return;
    const ms = Math.min(BAN_MS.first * 2 ** record.bans, BAN_MS.longest);
    record.bans++;
    record.bannedUntil = time + ms;
    record.points = 0;
    onBan(name, ms, offence);
  }

  return {
    note,
    blame({ peerId, account }, offence) {
      note(peerId, offence);
      if (account !== undefined) note(account, offence);
    },
    isBanned: (name) => now() < (records.get(name)?.bannedUntil ?? 0),
    score(name) {
      const record = records.get(name);
      if (record === undefined) return 0;
      const time = now();
      if (time < record.bannedUntil) return SCORE.banned;
      return pointsAt(record, time) * SCORE.perOffence;
    },
    get bans() {
      const time = now();
      return [...records.values()].filter(({ bannedUntil }) => time < bannedUntil).length;
    },
  };
}
