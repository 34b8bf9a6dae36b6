import { createMarketClient, type MarketClient } from "@assay/sdk";
import { type ParsedOptions, UsageError } from "@assay/worker/config";
import { readAccount, readAccountAddress } from "@assay/worker/keystore";
import { type ConnectedChain, connectChain, isNodeRunning } from "@assay/worker/operate";
import { knownMarketplace } from "@assay/worker/process";
import type { Account, Address } from "viem";
import type {
  accountOptions,
  addressOptions,
  chainOptions,
  marketOptions,
} from "./marketOptions.ts";

type ChainValues = Pick<ParsedOptions<typeof chainOptions>, "rpc" | "chainId">;
type MarketValues = ChainValues &
  Pick<ParsedOptions<typeof marketOptions>, "marketplace" | "deployment">;
type AccountValues = ParsedOptions<typeof accountOptions>;

const NO_CHAIN =
  "This needs a chain: give its JSON-RPC with --rpc, ASSAY_RPC or chain.rpc in the configuration.";

/**
 * @param missing - what is said where no RPC is named.
 * @throws {@link UsageError}
 */
export function connect(
  { rpc, chainId }: ChainValues,
  missing = NO_CHAIN,
): Promise<ConnectedChain> {
  if (rpc.length === 0) throw new UsageError(missing);
  return connectChain(rpc, { expectedId: chainId });
}

/** A client that reads. */
export async function readerOf(values: MarketValues): Promise<MarketClient> {
  return clientOf(values, {});
}

/** @throws {@link UsageError} when a node runs with the account: it and a command would take each other's nonces. */
export async function refuseIfNodeRuns(dataDir: string): Promise<void> {
  if (!(await isNodeRunning(dataDir))) return;
  throw new UsageError(
    `A node runs in ${dataDir} and sends from this account: stop it first (assay worker drain).`,
  );
}

/**
 * A client that sends from the key's account.
 *
 * @throws {@link UsageError} when a node runs with that account.
 */
export async function writerOf(
  values: MarketValues & AccountValues & { confirmations: number },
  environment: NodeJS.ProcessEnv,
): Promise<MarketClient> {
  await refuseIfNodeRuns(values.dataDir);
  const { confirmations } = values;
  return clientOf(values, { account: await readAccount(values, environment), confirmations });
}

async function clientOf(
  values: MarketValues,
  more: { account?: Account; confirmations?: number },
): Promise<MarketClient> {
  const { chain, transport } = await connect(values);
  const marketplace = knownMarketplace(chain.id, values);
  return createMarketClient({ chain, transport, marketplace, ...more });
}

/** The account that is named, else that of the key; no password is asked for. */
export async function addressOf(
  values: ParsedOptions<typeof addressOptions> & { account?: Address | undefined },
  environment: NodeJS.ProcessEnv,
): Promise<Address> {
  return values.account ?? readAccountAddress(values, environment);
}
