import { join } from "node:path";
import { createMarketClient } from "@assay/sdk";
import { loadOptions } from "@assay/worker/config";
import { readAccount } from "@assay/worker/keystore";
import { prepareDataDir } from "@assay/worker/operate";
import { type Command, deploymentIfKnown, knownMarketplace, toJson } from "@assay/worker/process";
import { connect, refuseIfNodeRuns } from "../market/marketClient.ts";
import { RelayListenError } from "./errors.ts";
import { relayOptions } from "./relayOptions.ts";

export const relayCommand: Command = {
  summary:
    "bring signed calls of workers and requesters on chain, for pay and within limits; SIGTERM finishes what was admitted",
  options: relayOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { values } = loadOptions(relayOptions, argv, environment);
    const { dataDir, listen } = values;
    const { createRelayer, createRelayerMetrics, openLedger, readTokenPrices, serveRelayer } =
      await import("@assay/worker/relayer");
    await refuseIfNodeRuns(dataDir);
    const account = await readAccount(values, environment);
    const { chain, transport } = await connect(values);
    const marketplace = knownMarketplace(chain.id, values);
    const offers = values.offers ?? deploymentIfKnown(chain.id, values)?.offers;
    const client = createMarketClient({
      ...{ chain, transport, account, marketplace, offers },
      maxFeePerGas: values.maxFeePerGas,
    });
    await client.getParameters(); // is there a Marketplace?
    const tokens = await readTokenPrices({ chain, transport }, values.token);
    await prepareDataDir(dataDir);
    const ledger = openLedger(join(dataDir, "relay.sqlite"));
    const metrics = createRelayerMetrics();
    const relayer = createRelayer({
      ...{ client, ledger, metrics },
      policy: {
        ...{ tokens, marginShare: values.margin, advanceWei: values.advance },
        ...{ advanceStakeWei: values.advanceStake, maxAdvancedWei: values.maxAdvanced },
        maxGasPerCall: BigInt(values.maxGas),
      },
      ...{ batchMs: values.batchEvery, batchCalls: values.batchCalls },
      ...{ maxWaiting: values.maxWaiting, perMinute: values.perMinute },
    });
    const server = await serveRelayer(relayer, { ...listen, metrics }).catch((error) => {
      ledger.close();
      throw new RelayListenError(listen, error);
    });
    const { url } = server;
    stdout.write(
      `${values.json ? toJson({ url, account: account.address, pid: process.pid }) : url}\n`,
    );
    await untilSignal(stderr);
    await server.close();
    ledger.close();
    return 0;
  },
};

/** A second signal ends at once. */
async function untilSignal(stderr: NodeJS.WritableStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
    stderr.write("Nothing new is taken; what was admitted is brought.\n");
    resolve();
  };
  process.once("SIGINT", end).once("SIGTERM", end);
  await promise;
}
