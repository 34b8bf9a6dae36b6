import { AssayError, type GetGameReturnType, Ground, type ProofClient, Ruling } from "@assay/sdk";
import { BaseError } from "viem";
import type { NodeContext } from "../../../kernel/context.ts";
import { messageOf } from "../../../kernel/report.ts";
import { readShownResult } from "../../evidence/shownResult.ts";
import type { PartyDispute } from "../arbiter.ts";

/** Time limit for reading what was shown and telling the DHT of it, in milliseconds. */
const KEEP_MS = 60_000;

/**
 * A worker that served its result to nobody has shown it to the challenger, on chain: whoever else looks for it finds it here from now on.
 * It is a service to the requester. If it cannot be done, it is not tried again.
 */
export async function keepShown(
  context: NodeContext,
  proof: ProofClient,
  { party, record }: PartyDispute,
  { ruling }: Pick<GetGameReturnType, "ruling">,
  signal: AbortSignal,
): Promise<void> {
  const { job: jobId, batch, position, ground } = record.dispute;
  const isShown = ground === Ground.unavailable && ruling === Ruling.challengeFailed;
  if (party !== "challenger" || !isShown) return;
  const { client, content, report } = context;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(KEEP_MS)]);
  try {
    const bytes = await readShownResult({ client, proof }, record, limited);
    if (bytes === undefined) return; // its worker has shown some of it
    const result = await content.put(bytes, { signal: limited });
    await content.provide(result, { signal: limited });
    report("shown result kept", { jobId, batch, position, result: String(result) });
  } catch (error) {
    signal.throwIfAborted();
    const isExpected = error instanceof AssayError || error instanceof BaseError || limited.aborted;
    if (!isExpected) throw error;
    report("shown result not kept", { jobId, batch, position, error: messageOf(error) });
  }
}
