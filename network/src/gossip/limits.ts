// The numbers of gossip, in one place. docs/network.md says what follows from them.

/** Older messages are dropped: whatever they tell of, the chain was polled in the meantime. */
export const MAX_AGE_MS = 30_000;
/** How far the author's clock may be ahead of ours. */
export const MAX_AHEAD_MS = 10_000;
/**
 * A message that is out of those bounds by less may have been within them for the neighbour that passed it on: it travelled, or was asked for
 * some heartbeats later, and clocks differ. It is not taken, and nobody is blamed.
 */
export const STALE_SLACK_MS = 10_000;
/** For how long a message is known by its contents: until it is too old in any case. */
export const SEEN_MS = MAX_AGE_MS + MAX_AHEAD_MS + 5_000;

/** Messages of an author behind whom there is stake, or the escrow of a job. */
export const AUTHOR_LIMIT = { perSecond: 50, burst: 100 };
/** Messages of any other author. */
export const STRANGER_LIMIT = { perSecond: 2, burst: 20 };
/** Messages of all strangers together that one neighbour may pass on; authors with standing are not held up by them. */
export const STRANGERS_PER_NEIGHBOUR = { perSecond: 20, burst: 60 };
/** Messages of all strangers that a node takes, and so passes on, whoever they come from. */
export const STRANGERS_IN_ALL = { perSecond: 100, burst: 100 };
/** More than an honest neighbour passes on, since it takes no more than that. */
export const STRANGER_FLOOD = { perSecond: 150, burst: 200 };
/** More old messages than a neighbour has that stood still for a while, or whose clock is wrong. */
export const STALE_FLOOD = { perSecond: 400, burst: 1_000 };

/** How bad it is what a peer did, by kind. At {@link BAN_AT} it is banned. */
export const OFFENCES = {
  /** Bytes that are no message, too many of them, or a signature that is none: whoever passes that on did not look. */
  invalid: 2,
  /** More messages of its own than it may send. */
  excess: 0.5,
  /** More of strangers than an honest neighbour passes on. */
  flood: 0.5,
  /** A message that was too old when it was passed on. A clock may be wrong, and a machine slow. */
  stale: 0.05,
  /** Two messages with one number: only the author can do that. */
  equivocation: 10,
  /** A hint of a job that the chain does not have. */
  falseHint: 2,
} as const;
export const BAN_AT = 10;
/** Stale messages alone bring nobody further than this. */
export const MOST_STALE = 5;
/** Offences are half forgotten after so many milliseconds. */
export const HALF_LIFE_MS = 30_000;
/** The first ban, in milliseconds; each later one is twice as long, up to the longest. */
export const BAN_MS = { first: 30_000, longest: 3_600_000 };
/** Gossipsub score of a point of offence, and of a banned peer: far below what gossipsub itself cuts off. */
export const SCORE = { perOffence: -10, banned: -1_000, mostStanding: 10 };

/** Authors with standing, accounts and offenders remembered. A crowd of new ones with nothing behind them does not push out others. */
export const MOST_AUTHORS = 10_000;
/** Other authors remembered: as many as can say something while it counts. */
export const MOST_STRANGERS = 5_000;
/** Of them, those whose word that they are there is remembered. */
export const MOST_STRANGERS_PRESENT = 1_000;
/** Numbers of an author's last messages remembered, and of a stranger's: as many as it may say while they count. */
export const MOST_SEQUENCES = { known: 512, stranger: 128 };

/** How long it is believed what the chain said of an account, in milliseconds. */
export const STANDING_MS = { some: 5 * 60_000, none: 15_000 };
/** Accounts that the chain is asked about. */
export const STANDING_READS = { perSecond: 5, burst: 20 };

/** How hints are collected before they are said, in milliseconds; the first one is said at once. */
export const COLLECT_MS = 50;
/** Presence, in milliseconds between two messages, and those among all peers together. */
export const PRESENCE_MS = {
  atLeast: 30_000,
  each: 100,
  /** Changes are told no more often than this. */
  betweenChanges: 1_000,
  /** A newcomer is answered within so many milliseconds, by everybody in a network of at most `answersBelow` peers. */
  answer: 1_000,
  answersBelow: 64,
};
/** A node that said nothing for so many of its intervals is gone. */
export const PRESENCE_MISSES = 3;
