import { once } from "node:events";
import { AssayError } from "@assay/sdk";
import { type Address, type Hex, parseEther } from "viem";
import { localKey } from "./localAccount.ts";
import { type Localnet, REQUESTER, startLocalnet, workerPlans } from "./network.ts";
import { jurorPlans } from "./plan.ts";

/**
 * Stakes of a worker, and of a juror. A worker's covers whatever the requester can pay together with another's; both keep enough for bonds
 * and gas.
 */
const WORKER_STAKE_WEI = parseEther("5000");
const JUROR_STAKE_WEI = parseEther("1");

/** The environment variables of a local network that a requester's script needs. */
export interface LocalnetEnvironment {
  ASSAY_RPC: string;
  ASSAY_MARKETPLACE: Address;
  /** The ProofArbiter, which needs no jurors: the arbiter of a job that names none. */
  ASSAY_PROOF: Address;
  ASSAY_OFFERS: Address;
  /** The JuryArbiter, which the workers accept as a job's arbiter; missing where there are no jurors. */
  ASSAY_JURY?: Address;
  ASSAY_BOOTSTRAP: string;
  /** An ERC-20 of play money that the workers take as pay. */
  ASSAY_PLAY_TOKEN: string;
  /** Of a funded development account, worth nothing. */
  ASSAY_PRIVATE_KEY: Hex;
}

export interface ServeLocalnetOptions {
  workers: number;
  /** Processes of jurors. Without any there is no JuryArbiter. Default: none. */
  jurors?: number;
  /** Of the chain's JSON-RPC; 0 takes any free one. */
  port: number;
  /**
   * Is called once, when every node follows the chain.
   * @param network - takes note of files that are to be deleted when this process ends without doing so; `peer` is the requester's.
   */
  onReady: (
    environment: LocalnetEnvironment,
    network: Pick<Localnet, "peer" | "removeLater">,
  ) => void | Promise<void>;
  /** Is called when a part is ready. */
  onStage?: (part: string) => void;
  signal: AbortSignal;
}

/**
 * Runs a chain, a Marketplace, workers and jurors as processes on this machine until `signal` aborts.
 * @throws LocalnetError when a part does not start or ends by itself; the signal's reason when it aborts before all are ready; and what
 * `onReady` throws.
 */
export async function serveLocalnet({
  workers,
  jurors = 0,
  port,
  onReady,
  onStage = () => {},
  signal,
}: ServeLocalnetOptions): Promise<void> {
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const plans = [
    ...workerPlans(workers, WORKER_STAKE_WEI),
    ...jurorPlans(jurors, { after: workers, stakeWei: JUROR_STAKE_WEI }),
  ];
  await using network = await startLocalnet({
    ...{ nodes: plans.length, soon: plans, withJury: jurors > 0, withToken: true, port },
    onFailure: (error) => failed.abort(error),
    ...{ onStage, signal: ended },
  });
  const { chain, jury } = network;
  await network.start(plans);
  if (jury !== undefined) {
    // A juror's stake counts from the next epoch on.
    await chain.passTime((await jury.getParameters({ signal: ended })).epochSeconds);
  }
  onStage("nodes");
  ended.throwIfAborted();
  await onReady(environmentOf(network), network);
  if (!ended.aborted) await once(ended, "abort");
  if (failed.signal.reason instanceof AssayError) throw failed.signal.reason;
}

function environmentOf({ chain, peer }: Localnet): LocalnetEnvironment {
  return {
    ASSAY_RPC: chain.rpcUrl,
    ASSAY_MARKETPLACE: chain.marketplace,
    ASSAY_PROOF: chain.proof,
    ASSAY_OFFERS: chain.offers,
    ...(chain.jury === undefined ? {} : { ASSAY_JURY: chain.jury }),
    ASSAY_BOOTSTRAP: peer.multiaddrs[0] ?? "",
    ASSAY_PLAY_TOKEN: chain.token ?? "",
    ASSAY_PRIVATE_KEY: localKey(REQUESTER),
  };
}
