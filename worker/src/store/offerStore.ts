import { type AwardNews, decodeNews, encodeNews } from "@assay/network";
import {
  type AnnouncedOffer,
  decodeBid,
  decodeOffer,
  encodeBid,
  encodeOffer,
  hashTerms,
  type JobTerms,
  RESERVED,
  type SignedBid,
} from "@assay/sdk";
import type { Database } from "better-sqlite3";
import type { Hex } from "viem";
import { OFFER_TRANSITIONS, type OfferEvent, type OfferState } from "./offerState.ts";

/** An offer, and what this node knows and did about it. */
export interface OfferRecord extends AnnouncedOffer {
  digest: Hex;
  state: OfferState;
  /** Where bids go. */
  selectorPeer: string;
  /** Duration of the tried task, in milliseconds. */
  taskMs: number | undefined;
  /** Fuel that it took; `undefined` if it was not told. */
  taskFuel: bigint | undefined;
  /** What this node asks for a task, in the token's smallest unit. */
  asked: bigint | undefined;
  bid: SignedBid | undefined;
  award: AwardNews | undefined;
  /** Unix second at which turns began, where a bond is asked for; `undefined` until the award is registered on the chain. */
  registeredAt: number | undefined;
  /** Why it is over. */
  reason: string | undefined;
}

export type OfferFields = Partial<
  Pick<OfferRecord, "taskMs" | "taskFuel" | "asked" | "bid" | "award" | "reason">
>;

/** Stores the offers that a node bids for. */
export interface OfferStore {
  /** Returns `false`, and changes nothing, if it is known. */
  addOffer(offer: AnnouncedOffer & Pick<OfferRecord, "digest" | "selectorPeer">): boolean;
  offer(digest: Hex): OfferRecord | undefined;
  /** The offer that a job was posted from, by its terms. */
  offerOf(terms: JobTerms): OfferRecord | undefined;
  offers(...states: OfferState[]): OfferRecord[];
  countOffers(...states: OfferState[]): number;
  /** Moves an offer on. Returns `false`, and changes nothing, where the event means nothing to it. */
  moveOffer(digest: Hex, event: OfferEvent, fields?: OfferFields): boolean;
  /** Notes when the turns of an award with a bond began; `undefined` if they have not. */
  noteRegistration(digest: Hex, second: number | undefined): void;
  /** Forgets offers that are over and could be taken before this second (Unix time). */
  forgetOffers(before: number): void;
}

interface OfferRow {
  digest: Hex;
  state: OfferState;
  signed: Uint8Array;
  selector_peer: string;
  task_ms: number | null;
  task_fuel: string | null;
  asked: string | null;
  bid: Uint8Array | null;
  award: Uint8Array | null;
  registered_at: number | null;
  reason: string | null;
}

/** The name of an offer's terms, whatever price they were posted with, reserved or not. */
function nameOf(terms: JobTerms): Hex {
  return hashTerms({ ...terms, rewardPerTask: 0n, minScore: terms.minScore & ~RESERVED });
}

export function createOfferStore(database: Database): OfferStore {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO offers (digest, terms_id, state, signed, selector_peer, take_until)
     VALUES (?, ?, 'heard', ?, ?, ?)`,
  );
  const select = database.prepare<[string], OfferRow>("SELECT * FROM offers WHERE digest = ?");
  const selectByTerms = database.prepare<[string], OfferRow>(
    "SELECT * FROM offers WHERE terms_id = ? ORDER BY digest LIMIT 1",
  );
  const selectByState = database.prepare<[string], OfferRow>(
    "SELECT * FROM offers WHERE state IN (SELECT value FROM json_each(?)) ORDER BY take_until, digest",
  );
  const count = database
    .prepare<[string], number>(
      "SELECT count(*) FROM offers WHERE state IN (SELECT value FROM json_each(?))",
    )
    .pluck();
  const update = database.prepare(
    `UPDATE offers SET state = @state, task_ms = coalesce(@taskMs, task_ms),
       task_fuel = coalesce(@taskFuel, task_fuel), asked = coalesce(@asked, asked), bid = coalesce(@bid, bid),
       award = coalesce(@award, award), reason = @reason
     WHERE digest = @digest`,
  );
  const register = database.prepare("UPDATE offers SET registered_at = ? WHERE digest = ?");
  const forget = database.prepare("DELETE FROM offers WHERE state = 'over' AND take_until < ?");

  return {
    addOffer({ digest, selectorPeer, ...signed }) {
      const { terms, takeUntil } = signed.offer;
      const bytes = encodeOffer(signed);
      return insert.run(digest, nameOf(terms), bytes, selectorPeer, takeUntil).changes > 0;
    },
    offer(digest) {
      const row = select.get(digest);
      return row === undefined ? undefined : toOffer(row);
    },
    offerOf(terms) {
      const row = selectByTerms.get(nameOf(terms));
      return row === undefined ? undefined : toOffer(row);
    },
    offers: (...states) => selectByState.all(JSON.stringify(states)).map(toOffer),
    countOffers: (...states) => count.get(JSON.stringify(states)) ?? 0,
    moveOffer: database.transaction((digest: Hex, event: OfferEvent, fields: OfferFields = {}) => {
      const from = select.get(digest)?.state;
      const state = from === undefined ? undefined : OFFER_TRANSITIONS[from][event];
      if (state === undefined) return false;
      const { taskMs, taskFuel, asked, bid, award, reason } = fields;
      update.run({
        ...{ digest, state, taskMs: taskMs ?? null, asked: asked?.toString() ?? null },
        taskFuel: taskFuel?.toString() ?? null,
        bid: bid === undefined ? null : encodeBid(bid),
        award: award === undefined ? null : encodeNews(award),
        reason: reason ?? null,
      });
      return true;
    }),
    noteRegistration(digest, second) {
      register.run(second ?? null, digest);
    },
    forgetOffers(before) {
      forget.run(before);
    },
  };
}

function toOffer(row: OfferRow): OfferRecord {
  return {
    ...decodeOffer(Uint8Array.from(row.signed)),
    digest: row.digest,
    state: row.state,
    selectorPeer: row.selector_peer,
    taskMs: row.task_ms ?? undefined,
    taskFuel: row.task_fuel === null ? undefined : BigInt(row.task_fuel),
    asked: row.asked === null ? undefined : BigInt(row.asked),
    bid: row.bid === null ? undefined : decodeBid(Uint8Array.from(row.bid)),
    award: row.award === null ? undefined : decodeNews(Uint8Array.from(row.award)),
    registeredAt: row.registered_at ?? undefined,
    reason: row.reason ?? undefined,
  };
}
