import type { Hex } from "viem";

/** An event of a transaction other than being mined. */
export interface TransactionNews {
  type: /** By one that offers more. */
    | "replaced"
    /** It had vanished from the node's pool. */
    | "sent again"
    /** It had vanished, and would fail by now. */
    | "dropped"
    /** Nothing was known of a nonce that a later transaction waited for; it was used up. */
    | "gap filled"
    /** It would have to offer more than the cap allows: it waits. */
    | "held by the fee cap";
  nonce: number;
  /** The function that it calls. */
  action: string;
  hash: Hex;
}
