import { type Inputs, useEffect, useState } from "preact/hooks";

/** What is being read: nothing yet, a value (an old one while it is read again), or what went wrong. */
export interface Reading<Value> {
  value: Value | undefined;
  error: unknown;
  isLoading: boolean;
}

/** Reads when `inputs` change, and stops what was being read before. */
export function useRead<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  inputs: Inputs,
): Reading<Value> {
  const [reading, setReading] = useState<Reading<Value>>(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    setReading(({ value }) => ({ value, error: undefined, isLoading: true }));
    read(stop.signal).then(
      (value) => stop.signal.aborted || setReading({ value, error: undefined, isLoading: false }),
      (error) =>
        stop.signal.aborted || setReading(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => stop.abort();
  }, inputs);
  return reading;
}

const NOTHING = { value: undefined, error: undefined, isLoading: true };

/** Runs something until `inputs` change. */
export function useFollow(
  follow: (signal: AbortSignal) => Promise<unknown>,
  onError: (error: unknown) => void,
  inputs: Inputs,
): void {
  useEffect(() => {
    const stop = new AbortController();
    follow(stop.signal).catch((error) => stop.signal.aborted || onError(error));
    return () => stop.abort();
  }, inputs);
}
