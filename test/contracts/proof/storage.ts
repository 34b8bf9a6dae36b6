/** Where the ProofArbiter keeps what it stores: games, then requests, then credits. */
import type { Hex } from "viem";
import { mapped } from "../storage.ts";

export const Stage = { none: 0, opened: 1, playing: 2, asking: 3, showing: 4, over: 5 } as const;

/** The first of a game's four slots. */
export const gameSlot = (dispute: Hex) => mapped(dispute, 0n);
/** The first of a request's three. */
export const requestSlot = (dispute: Hex) => mapped(dispute, 1n);
export const creditSlot = (account: Hex) => mapped(account, 2n);
