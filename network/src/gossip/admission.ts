import type { KeyObject } from "node:crypto";
import type { JobId } from "@assay/sdk";
import { bytesToHex } from "@assay/sdk/protocol";
import { remember } from "../recent/remember.ts";
import { type Delegation, isSignedByAccount, type MarketplaceRef } from "../wire/delegation.ts";
import { peerIdOfKey } from "../wire/peerIdOfKey.ts";
import { verifierOf } from "../wire/signer.ts";
import {
  AUTHOR_LIMIT,
  MAX_AGE_MS,
  MAX_AHEAD_MS,
  MOST_AUTHORS,
  MOST_SEQUENCES,
  MOST_STRANGERS,
  STALE_FLOOD,
  STALE_SLACK_MS,
  STRANGER_FLOOD,
  STRANGER_LIMIT,
  STRANGERS_IN_ALL,
  STRANGERS_PER_NEIGHBOUR,
} from "./limits.ts";
import {
  decodeMessage,
  type GossipMessage,
  isSigned,
  MAX_MESSAGE_BYTES,
  type ReceivedMessage,
} from "./message.ts";
import type { Offence, Offenders } from "./offenders.ts";
import { createRateLimiter } from "./rateLimiter.ts";
import type { Standings } from "./standing.ts";

/** Why a message was taken or not. `oversized`, `malformed` and `forged` are the neighbour's fault, and gossipsub hears of it. */
export const VERDICTS = [
  "accepted",
  "oversized",
  "malformed",
  "forged",
  "stale",
  "replayed",
  "equivocated",
  "limited",
  "crowded",
  "banned",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The author of a message that was taken. */
export interface Author {
  readonly peerId: string;
  /** The account that it proved to speak for. */
  readonly account: `0x${string}` | undefined;
  /** From 0, nothing, to 10: what stands behind that account, as far as is known. */
  readonly standing: number;
}

export type Admitted =
  | { verdict: "accepted"; message: GossipMessage; author: Author }
  | { verdict: Exclude<Verdict, "accepted"> };

interface KnownAuthor {
  peerId: string;
  verifier: KeyObject;
  /** The last delegation that was looked at, and whether the account signed it. */
  delegation: Delegation | undefined;
  isDelegated: boolean;
  /** What stood behind it at its last message. */
  standing: number;
  /** By number, the marks of its last messages. */
  sequences: Map<number, string>;
}

export interface Admission {
  /** @param neighbour - peer id of who passed it on. */
  judge(neighbour: string, data: Uint8Array): Admitted;
  /** What stands behind a peer, as far as it has said something: from 0 to 10. */
  standingOf(peerId: string): number;
  /** Messages by what was found. */
  readonly counts: Readonly<Record<Verdict, number>>;
}

export interface AdmissionParameters {
  topic: string;
  market: MarketplaceRef;
  offenders: Offenders;
  standings: Standings;
  /** Milliseconds of a clock that only goes forward. */
  now?: (() => number) | undefined;
  /** Unix milliseconds. */
  wallClock?: (() => number) | undefined;
}

/** Characters of an account's signature in hexadecimal. */
const KEY_SIGNATURE = 2 + 2 * 65;

function newAuthor(key: Uint8Array): KnownAuthor {
  return {
    peerId: peerIdOfKey(key),
    verifier: verifierOf(key),
    delegation: undefined,
    isDelegated: false,
    standing: 0,
    sequences: new Map(),
  };
}

/** Sixteen bytes of the signature: whoever makes two messages with the same ones tells no others apart but its own. */
function markOf({ signature }: ReceivedMessage): string {
  return Buffer.from(signature.subarray(0, 16)).toString("latin1");
}

function jobsIn({ body }: GossipMessage): JobId[] {
  return "hints" in body ? body.hints.map(({ job }) => job) : [];
}

function isSame(one: Delegation | undefined, other: Delegation | undefined): boolean {
  return (
    one?.account === other?.account &&
    one?.expiresAt === other?.expiresAt &&
    one?.signature === other?.signature
  );
}

/**
 * Decides what is taken of what neighbours pass on. Nothing of an author is counted against it before its signature was checked, and
 * nothing that came through others is held against it, but what its own signatures prove: who passes messages on can delay and bunch them.
 */
export function createAdmission({
  topic,
  market,
  offenders,
  standings,
  now = () => performance.now(),
  wallClock = Date.now,
}: AdmissionParameters): Admission {
  const authors = new Map<string, KnownAuthor>();
  /** Those with nothing behind them: they are free, and any number of them must not push out the others. */
  const strangeAuthors = new Map<string, KnownAuthor>();
  /** By peer id, the account whose standing is the peer's own. */
  const accounts = new Map<string, `0x${string}`>();
  const authorLimits = createRateLimiter(AUTHOR_LIMIT, now);
  /** Of all peers of an account together: a delegation costs nothing. */
  const accountLimits = createRateLimiter(AUTHOR_LIMIT, now);
  const strangerLimits = createRateLimiter(STRANGER_LIMIT, now);
  const strangers = createRateLimiter(STRANGERS_PER_NEIGHBOUR, now);
  const allStrangers = createRateLimiter(STRANGERS_IN_ALL, now);
  const staleFloods = createRateLimiter(STALE_FLOOD, now);
  const floods = createRateLimiter(STRANGER_FLOOD, now);
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;

  function isValidNow({ expiresAt }: Delegation): boolean {
    return expiresAt * 1_000 >= wallClock();
  }

  function accountOf({ delegation, isDelegated }: KnownAuthor): `0x${string}` | undefined {
    const counts = isDelegated && delegation !== undefined && isValidNow(delegation);
    return counts ? delegation.account : undefined;
  }

  function standingOf(author: KnownAuthor, jobs: readonly JobId[]): number {
    const account = accountOf(author);
    return account === undefined ? 0 : standings.of(account, jobs);
  }

  /** Keeps the record of an author whose signature was checked. */
  function keep({ key }: GossipMessage, author: KnownAuthor): void {
    const name = bytesToHex(key);
    const isStranger = author.standing === 0;
    (isStranger ? authors : strangeAuthors).delete(name);
    const forgotten = isStranger
      ? remember(strangeAuthors, name, author, MOST_STRANGERS)
      : remember(authors, name, author, MOST_AUTHORS);
    if (forgotten !== undefined) accounts.delete(forgotten[1].peerId);
  }

  /** The delegation in the message, checked if it is another one than before. */
  function readDelegation(author: KnownAuthor, { key, delegation }: ReceivedMessage): void {
    if (isSame(author.delegation, delegation)) return;
    author.isDelegated =
      delegation !== undefined && isSignedByAccount(market, bytesToHex(key), delegation);
    // What is no key's signature is found out at once, every time, and may be long.
    const isWorthKeeping = author.isDelegated || delegation?.signature.length === KEY_SIGNATURE;
    author.delegation = isWorthKeeping ? delegation : undefined;
    const account = accountOf(author);
    if (account === undefined) accounts.delete(author.peerId);
    else accounts.set(author.peerId, account);
  }

  /** Notes the message's number. */
  function sequenceOf({ sequences, standing }: KnownAuthor, message: ReceivedMessage) {
    const { sequence } = message;
    const mark = markOf(message);
    const before = sequences.get(sequence);
    if (before !== undefined) return before === mark ? "replayed" : "equivocated";
    const most = standing > 0 ? MOST_SEQUENCES.known : MOST_SEQUENCES.stranger;
    remember(sequences, sequence, mark, most);
    return "new";
  }

  function blame(author: KnownAuthor, offence: Offence): void {
    offenders.blame({ peerId: author.peerId, account: accountOf(author) }, offence);
  }

  function isBanned(author: KnownAuthor): boolean {
    return offenders.isBanned(author.peerId) || offenders.isBanned(accountOf(author) ?? "");
  }

  function judge(neighbour: string, data: Uint8Array): Admitted {
    if (offenders.isBanned(neighbour)) return { verdict: "banned" };
    if (data.length > MAX_MESSAGE_BYTES) return invalid(neighbour, "oversized");
    let message: ReceivedMessage;
    let author: KnownAuthor;
    try {
      message = decodeMessage(topic, data);
      const name = bytesToHex(message.key);
      author = authors.get(name) ?? strangeAuthors.get(name) ?? newAuthor(message.key);
    } catch {
      return invalid(neighbour, "malformed");
    }
    return weigh(neighbour, message, author);
  }

  function invalid(neighbour: string, verdict: "oversized" | "malformed" | "forged"): Admitted {
    offenders.note(neighbour, "invalid");
    return { verdict };
  }

  function noteStale(neighbour: string, ageMs: number): void {
    const outMs = Math.max(ageMs - MAX_AGE_MS, -MAX_AHEAD_MS - ageMs);
    // A clock may be wrong and a machine may stall: that many at once are neither.
    if (!staleFloods.take(neighbour)) offenders.note(neighbour, "flood");
    else if (outMs > STALE_SLACK_MS) offenders.note(neighbour, "stale");
  }

  function weigh(neighbour: string, message: ReceivedMessage, author: KnownAuthor): Admitted {
    if (isBanned(author)) return { verdict: "banned" };
    const ageMs = wallClock() - message.atMs;
    if (ageMs > MAX_AGE_MS || ageMs < -MAX_AHEAD_MS) {
      noteStale(neighbour, ageMs);
      return { verdict: "stale" };
    }
    // What a message says counts once its signature was checked.
    const isKnown = isSame(author.delegation, message.delegation) && standingOf(author, []) > 0;
    if (!isKnown && !(strangers.take(neighbour) && allStrangers.take("all"))) {
      if (!floods.take(neighbour)) offenders.note(neighbour, "flood");
      return { verdict: "crowded" };
    }
    // It was checked before, and only came another way.
    if (author.sequences.get(message.sequence) === markOf(message)) {
      return { verdict: "replayed" };
    }
    if (!isSigned(message, author.verifier)) return invalid(neighbour, "forged");
    readDelegation(author, message);
    const isOut = isBanned(author);
    author.standing = isOut ? 0 : standingOf(author, jobsIn(message));
    keep(message, author);
    if (isOut) return { verdict: "banned" };
    const { standing } = author;
    const limits = standing > 0 ? authorLimits : strangerLimits;
    if (!limits.take(author.peerId)) {
      if (author.peerId === neighbour) blame(author, "excess");
      return { verdict: "limited" };
    }
    if (standing > 0 && !accountLimits.take(accountOf(author) ?? "")) return { verdict: "limited" };
    const place = sequenceOf(author, message);
    if (place === "equivocated") blame(author, "equivocation");
    if (place !== "new") return { verdict: place };
    const { peerId } = author;
    return {
      verdict: "accepted",
      message,
      author: { peerId, account: accountOf(author), standing },
    };
  }

  return {
    judge(neighbour, data) {
      const admitted = judge(neighbour, data);
      counts[admitted.verdict]++;
      return admitted;
    },
    standingOf(peerId) {
      const account = accounts.get(peerId);
      return account === undefined ? 0 : standings.of(account, []);
    },
    counts,
  };
}
