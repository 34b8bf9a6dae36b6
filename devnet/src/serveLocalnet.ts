import { once } from "node:events";
import { AssayError } from "@assay/sdk";
import { bytesToHex, type Hex } from "viem";
import { type Localnet, startLocalnet, workerPlans } from "./network.ts";

/** Stake of a worker, in batches that it may have open at a time. */
const BATCHES_PER_WORKER = 100n;

/** The environment variables of a local network that a requester's script needs. */
export interface LocalnetEnvironment {
  ASSAY_RPC: string;
  ASSAY_MARKETPLACE: string;
  ASSAY_BOOTSTRAP: string;
  /** An ERC-20 of play money that the workers take as pay. */
  ASSAY_TOKEN: string;
  /** Of a funded development account, worth nothing. */
  ASSAY_PRIVATE_KEY: Hex;
}

/**
 * Runs a chain, a Marketplace and worker processes on this machine until `signal` aborts.
 * @param port - of the chain's JSON-RPC; 0 takes any free one.
 * @param onReady - is called once, when every worker follows the chain.
 * @throws LocalnetError when a part does not start or ends by itself; the signal's reason when it aborts before all are ready.
 */
export async function serveLocalnet({
  workers,
  port,
  onReady,
  signal,
}: {
  workers: number;
  port: number;
  onReady: (environment: LocalnetEnvironment) => void;
  signal: AbortSignal;
}): Promise<void> {
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  await using network = await startLocalnet({
    nodes: workers,
    withToken: true,
    port,
    onFailure: (error) => failed.abort(error),
    signal: ended,
  });
  const { minStakePerBatch } = await network.market.getParameters();
  await network.start(workerPlans(workers, minStakePerBatch * BATCHES_PER_WORKER));
  onReady(environmentOf(network));
  if (!ended.aborted) await once(ended, "abort");
  if (failed.signal.reason instanceof AssayError) throw failed.signal.reason;
}

function environmentOf({ chain, peer }: Localnet): LocalnetEnvironment {
  const { privateKey } = chain.account(1).getHdKey();
  return {
    ASSAY_RPC: chain.rpcUrl,
    ASSAY_MARKETPLACE: chain.marketplace,
    ASSAY_BOOTSTRAP: peer.multiaddrs[0] ?? "",
    ASSAY_TOKEN: chain.token ?? "",
    ASSAY_PRIVATE_KEY: bytesToHex(privateKey ?? new Uint8Array()),
  };
}
