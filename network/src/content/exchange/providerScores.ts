/** How long the first ban lasts, in milliseconds; each further one of the same peer lasts twice as long as the one before. */
export const FIRST_BAN_MS = 30_000;
export const LONGEST_BAN_MS = 3_600_000;
/** Milliseconds without an offence after which a peer's next ban is short again. */
const FORGIVEN_AFTER_MS = 6 * LONGEST_BAN_MS;
/** A peer may leave one want in so many unanswered: connections break, and machines are busy. */
const BLOCKS_PER_SILENCE = 8;
/** Bytes that take about as long as a round trip: a block of a KiB must not look a thousand times slower than one of a MiB. */
const UNIT_BYTES = 64 << 10;
/** What a peer that has delivered nothing yet is taken to need for a unit, in milliseconds. */
const UNKNOWN_MS_PER_UNIT = 10;
/** How much slower than the best known one it is taken to be: it is asked once that one has so much to do. */
const UNKNOWN_FACTOR = 5;
/** Weight of the past in what a peer needs for a unit. */
const MEMORY = 0.9;
/** Peers that are remembered; then those go that were used longest ago. */
const MAX_PEERS = 1_024;

interface Score {
  /** Wants that it has not answered. */
  pending: number;
  blocks: number;
  bytes: number;
  /** Units delivered and the milliseconds that they took, with the distant past faded. */
  units: number;
  busyMs: number;
  /** Times that it had not what it was said to have, or could not be reached, since its last block. */
  failures: number;
  /** Wants that it left unanswered, and blocks that it sent, since its last ban. */
  silences: number;
  blocksSinceBan: number;
  bans: number;
  bannedUntil: number;
  lastUsed: number;
}

/** What is known of one peer as a provider. */
export interface ProviderFigures {
  blocks: number;
  bytes: number;
  bans: number;
  isBanned: boolean;
}

/**
 * Ranks providers by what they delivered, and bans those who lie or stay silent: first for half a minute, then twice as long each time, up to
 * an hour. Peers are named by their ids as text.
 * @param now - milliseconds of a clock that only goes forward.
 */
export class ProviderScores {
  readonly #scores = new Map<string, Score>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A block was asked of it. */
  asked(peer: string): void {
    this.#of(peer).pending++;
  }

  /** What was asked of it is no longer wanted of it, whoever sent it. */
  released(peer: string): void {
    const score = this.#of(peer);
    score.pending = Math.max(0, score.pending - 1);
  }

  /** @param ms - since it was asked, or since the block before this one. */
  delivered(peer: string, bytes: number, ms: number): void {
    const score = this.#of(peer);
    score.blocks++;
    score.blocksSinceBan++;
    score.bytes += bytes;
    score.units = score.units * MEMORY + unitsOf(bytes);
    score.busyMs = score.busyMs * MEMORY + ms;
    score.failures = 0;
  }

  /** It has not what it was said to have, or nobody could reach it. */
  failed(peer: string): void {
    this.#of(peer).failures++;
  }

  /** It was asked for a block and sent nothing, until another had sent it. Returns whether it is banned for that. */
  silent(peer: string): boolean {
    const score = this.#of(peer);
    score.silences++;
    if (score.silences * BLOCKS_PER_SILENCE > score.blocksSinceBan) this.#ban(score);
    return score.bannedUntil > this.#now();
  }

  /** It sent bytes that nobody had asked it for. */
  lied(peer: string): void {
    this.#ban(this.#of(peer));
  }

  isBanned(peer: string): boolean {
    return (this.#scores.get(peer)?.bannedUntil ?? 0) > this.#now();
  }

  /** Whether it has delivered since it was last banned. */
  isProven(peer: string): boolean {
    return (this.#scores.get(peer)?.blocksSinceBan ?? 0) > 0;
  }

  /** Milliseconds that it needs for a block of this size, by what it has delivered. */
  msFor(peer: string, bytes: number): number {
    return (msPerUnit(this.#scores.get(peer)) ?? UNKNOWN_MS_PER_UNIT) * unitsOf(bytes);
  }

  /** Those of `peers` that are not banned: first who is expected to deliver soonest, and among equals who was not used for longest. */
  rank(peers: Iterable<string>): string[] {
    const open = [...peers].filter((peer) => !this.isBanned(peer));
    const known = open.flatMap((peer) => msPerUnit(this.#scores.get(peer)) ?? []);
    const unknown = known.length === 0 ? UNKNOWN_MS_PER_UNIT : UNKNOWN_FACTOR * Math.min(...known);
    return open
      .map((peer) => {
        const score = this.#scores.get(peer) ?? newScore();
        const each = msPerUnit(score) ?? unknown;
        const cost = (score.pending + 1) * each * (1 + score.failures);
        return { peer, cost, lastUsed: score.lastUsed };
      })
      .sort((a, b) => a.cost - b.cost || a.lastUsed - b.lastUsed)
      .map(({ peer }) => peer);
  }

  /** By peer id. */
  figures(): Map<string, ProviderFigures> {
    return new Map(
      [...this.#scores].map(([peer, { blocks, bytes, bans }]) => [
        peer,
        { blocks, bytes, bans, isBanned: this.isBanned(peer) },
      ]),
    );
  }

  #ban(score: Score): void {
    const now = this.#now();
    // What was under way when the ban began is no second offence.
    if (score.bannedUntil > now) return;
    if (score.bans > 0 && now - score.bannedUntil > FORGIVEN_AFTER_MS) score.bans = 0;
    score.bannedUntil = now + Math.min(FIRST_BAN_MS * 2 ** score.bans, LONGEST_BAN_MS);
    score.bans++;
    score.silences = 0;
    score.blocksSinceBan = 0;
  }

  #of(peer: string): Score {
    const score = this.#scores.get(peer) ?? newScore();
    score.lastUsed = this.#now();
    this.#scores.delete(peer); // so that those used longest ago come first
    this.#scores.set(peer, score);
    if (this.#scores.size > MAX_PEERS) this.#forgetOne();
    return score;
  }

  /** A ban that runs is not forgotten, or a crowd of new names would end it. */
  #forgetOne(): void {
    for (const [peer, score] of this.#scores) {
      if (score.pending > 0 || this.isBanned(peer)) continue;
      this.#scores.delete(peer);
      return;
    }
    const [oldest] = this.#scores.keys();
    if (oldest !== undefined) this.#scores.delete(oldest);
  }
}

const unitsOf = (bytes: number) => 1 + bytes / UNIT_BYTES;

function msPerUnit(score: Score | undefined): number | undefined {
  return score === undefined || score.units === 0 ? undefined : score.busyMs / score.units;
}

function newScore(): Score {
  return {
    ...{ pending: 0, blocks: 0, bytes: 0, units: 0, busyMs: 0, failures: 0 },
    ...{ silences: 0, blocksSinceBan: 0, bans: 0, bannedUntil: 0, lastUsed: 0 },
  };
}
