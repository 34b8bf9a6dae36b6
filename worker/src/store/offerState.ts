/** The states of an offer that this node has heard of. */
export const OFFER_STATES = [
  "heard",
  /** This node's price is known, and its bid is on disk. Whoever selects may not have it yet. */
  "bid",
  /** A winner and a backup were named. Whether this node is one of them is in the award. */
  "awarded",
  /** Whoever comes first may take it: nobody selects, or nobody did in time. */
  "open",
  /** Nothing is to be done for it: not for this node, taken, or out of date. */
  "over",
] as const;
export type OfferState = (typeof OFFER_STATES)[number];

export const OFFER_EVENTS = ["bid", "awarded", "opened", "over"] as const;
export type OfferEvent = (typeof OFFER_EVENTS)[number];

/** An award may come late, and after a restart it comes again: what is known changes nothing. */
export const OFFER_TRANSITIONS: Readonly<
  Record<OfferState, Readonly<Partial<Record<OfferEvent, OfferState>>>>
> = {
  heard: { bid: "bid", opened: "open", over: "over" },
  bid: { awarded: "awarded", opened: "open", over: "over" },
  awarded: { over: "over" },
  open: { awarded: "awarded", over: "over" },
  over: {},
};

/** States in which this node may have to do something. */
export const LIVE_OFFERS = ["heard", "bid", "awarded", "open"] as const satisfies OfferState[];
