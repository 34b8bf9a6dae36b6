import { type Address, type Hex, isAddress, isHex } from "viem";
import type { BroughtCall, RelayPayment } from "../context/callRelay.ts";

/** Where a relayer takes calls. */
export const RELAY_PATH = "/calls";

/** Most calls of one request. */
export const MOST_RELAYED = 8;

/** A relayer's answer to a request that it does not carry out. */
export interface RelayRefusal {
  /** Few and fixed. */
  code: string;
  /** For people. */
  message: string;
  retryable: boolean;
  /** Where `code` is `PAYMENT`. */
  payment?: { to: Address; any: RelayPayment[] };
}

/** Calls as JSON: numbers are decimal digits. */
export function encodeCalls(calls: readonly BroughtCall[]): string {
  return toJson({ calls });
}

/**
 * Reads what {@link encodeCalls} wrote.
 *
 * @throws TypeError
 */
export function decodeCalls(text: string): BroughtCall[] {
  const { calls } = recordOf(parsed(text));
  if (!Array.isArray(calls) || calls.length < 1 || calls.length > MOST_RELAYED) {
    throw new TypeError(`calls is no list of 1 to ${MOST_RELAYED}`);
  }
  return calls.map((one) => {
    const { call, signature } = recordOf(one);
    const { account, data, value, nonce, deadline } = recordOf(call);
    return {
      call: {
        account: addressOf(account),
        data: hexOf(data),
        value: amountOf(value),
        nonce: amountOf(nonce),
        deadline: amountOf(deadline),
      },
      signature: hexOf(signature),
    };
  });
}

export function encodeRefusal(refusal: RelayRefusal): string {
  return toJson(refusal);
}

/** @throws TypeError */
export function decodeRefusal(text: string): RelayRefusal {
  const { code, message, retryable, payment } = recordOf(parsed(text));
  if (typeof code !== "string" || typeof message !== "string") throw new TypeError("no refusal");
  const read = {
    code: code.slice(0, 32),
    message: message.slice(0, 500),
    retryable: retryable === true,
  };
  if (payment === undefined) return read;
  const { to, any } = recordOf(payment);
  if (!Array.isArray(any) || any.length > 64) throw new TypeError("any is no short list");
  const payments = any.map((one) => {
    const { token, amount } = recordOf(one);
    return { token: addressOf(token), amount: amountOf(amount) };
  });
  return { ...read, payment: { to: addressOf(to), any: payments } };
}

/** @throws TypeError */
export function decodeBrought(text: string): { hash: Hex } {
  const { hash } = recordOf(parsed(text));
  if (!isHex(hash) || hash.length !== 66) throw new TypeError("hash is none");
  return { hash };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError("it is no JSON", { cause });
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("an object is missing");
  }
  return value as Record<string, unknown>;
}

function addressOf(value: unknown): Address {
  if (typeof value !== "string" || !isAddress(value, { strict: false })) {
    throw new TypeError("an address is none");
  }
  return value;
}

function hexOf(value: unknown): Hex {
  if (!isHex(value) || value.length % 2 !== 0) throw new TypeError("bytes are none");
  return value;
}

function amountOf(value: unknown): bigint {
  if (typeof value !== "string" || !/^\d{1,78}$/.test(value)) {
    throw new TypeError("a number is none in decimal digits");
  }
  const amount = BigInt(value);
  if (amount >= 2n ** 256n) throw new TypeError("a number is too large");
  return amount;
}
