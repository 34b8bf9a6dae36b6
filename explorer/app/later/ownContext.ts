import type { MarketContext } from "@assay/sdk";
import { createPublicClient, createWalletClient, custom, http } from "viem";

/** The same context with clients of this script's own: errors are told apart by their classes, and each script has its own. */
export function ownContext(context: MarketContext): MarketContext {
  const { wallet, public: reader } = context;
  const { chain } = reader;
  const common = { chain, pollingInterval: context.pollingIntervalMs };
  return {
    ...context,
    public: createPublicClient({ ...common, transport: http() }),
    wallet:
      wallet &&
      createWalletClient({
        ...common,
        account: wallet.account,
        transport: custom({ request: (call) => wallet.request(call as never) }),
      }),
  };
}
