import type { MarketClient } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import type { Hex } from "viem";

interface CallFrame {
  input?: Hex;
  calls?: CallFrame[];
}

/**
 * What was said to contracts in a transaction: its own calldata, and then, for who looks further, what contracts said to each other, if the
 * node keeps traces.
 */
export async function* inputsOf(
  chain: MarketClient["public"],
  hash: Hex,
  signal: AbortSignal,
): AsyncGenerator<Hex> {
  const { input } = await abortable(chain.getTransaction({ hash }), signal);
  yield input;
  const method = "debug_traceTransaction";
  const params = [hash, { tracer: "callTracer" }];
  let frame: CallFrame;
  try {
    frame = (await abortable(chain.request({ method, params } as never), signal)) as CallFrame;
  } catch {
    signal.throwIfAborted();
    return;
  }
  yield* inputsIn(frame);
}

function* inputsIn({ input, calls = [] }: CallFrame): Generator<Hex> {
  if (input !== undefined) yield input;
  for (const call of calls) yield* inputsIn(call);
}
