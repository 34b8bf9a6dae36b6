import type { RelayRefusal } from "@assay/sdk";

/** Why a request is not brought; few and fixed, so that they can be counted. */
export type RefusalCode =
  /** It is no list of calls. */
  | "MALFORMED"
  | "TOO_LARGE"
  /** Calls of several accounts, with coins, of functions that are not relayed, or with a payment that is not first. */
  | "NOT_RELAYED"
  /** The chain would refuse it; `message` has the contract's reason. */
  | "REVERTS"
  /** It is good for too short a time. */
  | "DEADLINE"
  /** It takes more gas than the relayer allows. */
  | "GAS"
  /** Gas is dearer now than the relayer allows. */
  | "GAS_PRICE"
  /** It has to be paid. */
  | "PAYMENT"
  /** The relayer has advanced as much as it allows in all. */
  | "EXHAUSTED"
  | "TOO_MANY"
  | "BUSY"
  | "ENDING"
  /** It was sent, and did not come true. */
  | "FAILED"
  | "TROUBLE";

const STATUS: Record<RefusalCode, number> = {
  ...{ MALFORMED: 400, TOO_LARGE: 413, NOT_RELAYED: 400, REVERTS: 409, DEADLINE: 400, GAS: 400 },
  ...{ GAS_PRICE: 503, PAYMENT: 402, EXHAUSTED: 503, TOO_MANY: 429, BUSY: 503, ENDING: 503 },
  ...{ FAILED: 502, TROUBLE: 500 },
};

const RETRYABLE: readonly RefusalCode[] = [
  ...(["GAS_PRICE", "EXHAUSTED", "TOO_MANY", "BUSY", "ENDING", "FAILED", "TROUBLE"] as const),
];

/** Told to whoever asked. */
export class RefusedError extends Error {
  readonly code: RefusalCode;
  readonly payment: RelayRefusal["payment"];

  constructor(code: RefusalCode, message: string, payment?: RelayRefusal["payment"]) {
    super(message);
    this.code = code;
    this.payment = payment;
  }

  get status(): number {
    return STATUS[this.code];
  }

  get refusal(): RelayRefusal {
    const { code, message, payment } = this;
    const retryable = RETRYABLE.includes(code);
    return { code, message, retryable, ...(payment === undefined ? {} : { payment }) };
  }
}
