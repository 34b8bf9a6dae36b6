import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { BroughtCall, CallRelay, RelayPayment } from "../context/callRelay.ts";
import { RelayPaymentError, RelayRefusedError, RelayUnreachableError } from "../errors/relay.ts";
import { decodeBrought, decodeRefusal, encodeCalls, RELAY_PATH } from "./wire.ts";

export interface HttpRelayOptions {
  /** Of `assay relay`: `http:` or `https:`. */
  url: string;
  /** The most that is paid for a call, in each of these tokens. Default: nothing, so that only what is free is brought. */
  mostPaid?: readonly RelayPayment[] | undefined;
  /** For one request, until its transaction is mined, in milliseconds. Default: 120,000. */
  timeoutMs?: number | undefined;
}

/** Longest answer, in characters. */
const MOST_ANSWER = 64 << 10;

/** A relayer over HTTP. Asking again for the same calls brings them once. */
export function httpRelay({
  url,
  mostPaid = [],
  timeoutMs = 120_000,
}: HttpRelayOptions): CallRelay {
  const endpoint = new URL(RELAY_PATH, url).href;
  return {
    mostPaid,
    async bring(calls: readonly BroughtCall[], { signal }: AbortOptions = {}) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(endpoint, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: encodeCalls(calls),
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        });
        const text = (await response.text()).slice(0, MOST_ANSWER);
        if (response.ok) return decodeBrought(text);
        const { payment, code: reason, ...refusal } = decodeRefusal(text);
        if (payment !== undefined) throw new RelayPaymentError(payment.to, payment.any);
        throw new RelayRefusedError({ reason, ...refusal });
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof RelayPaymentError || cause instanceof RelayRefusedError) throw cause;
        throw new RelayUnreachableError({ cause });
      }
    },
  };
}
