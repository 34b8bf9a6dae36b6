import { readFile } from "node:fs/promises";
import type { RunnerHost, TlsFiles } from "@assay/runners/http";
import { loadOptions, type ParsedOptions, UsageError } from "@assay/worker/config";
import { type Command, type CommandContext, toJson } from "@assay/worker/process";
import { RunnerListenError } from "./errors.ts";
import { serveRunnerOptions } from "./runnerOptions.ts";
import { readToken, TOKEN_VARIABLE } from "./token.ts";

export const runnerServeCommand: Command = {
  summary:
    "run programs in sandboxed processes, for one's own clients over HTTP or for peers; SIGTERM drains",
  options: serveRunnerOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { values } = loadOptions(serveRunnerOptions, argv, environment);
    if (values.peers) return servePeersUntilEnded(values, { stdout, stderr });
    const { listen, tlsCert, tlsKey, tokenFile, processes, concurrency, maxInput, json } = values;
    const token = await readToken(tokenFile, environment);
    const tls = await readTls(tlsCert, tlsKey);
    const options = { ...listen, token, tls, processes, concurrency, maxInputBytes: maxInput };
    const { serveRunner } = await import("@assay/runners/http");
    const host = await serveRunner(options).catch((error) => {
      if (error instanceof RangeError) {
        throw new UsageError(`${error.message}: add --token-file FILE, or ${TOKEN_VARIABLE}.`);
      }
      throw new RunnerListenError(listen, error);
    });
    stdout.write(`${json ? toJson({ url: host.url, pid: process.pid }) : host.url}\n`);
    await untilEnded(host, stderr);
    return 0;
  },
};

/** Over the direct protocol, to whoever finds this peer in the DHT or names it. */
async function servePeersUntilEnded(
  { network, bootstrap, processes, json }: ParsedOptions<typeof serveRunnerOptions>,
  { stdout, stderr }: Pick<CommandContext, "stdout" | "stderr">,
): Promise<number> {
  // The network's libraries are large, and HTTP needs none of them.
  const [{ createPeer }, { servePeers }] = await Promise.all([
    import("@assay/network"),
    import("@assay/runners/peers"),
  ]);
  const peer = await createPeer({ memory: true, network, bootstrap, services: ["runner"] });
  const server = servePeers(peer, { processes });
  const { peerId } = peer;
  const multiaddrs = peer.multiaddrs.map(String);
  stdout.write(`${json ? toJson({ peerId, multiaddrs, pid: process.pid }) : peerId}\n`);
  const host = {
    async close() {
      await server.close();
      await peer.stop();
    },
  };
  await untilEnded(host, stderr);
  return 0;
}

async function readTls(
  cert: string | undefined,
  key: string | undefined,
): Promise<TlsFiles | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError("--tls-cert and --tls-key belong together: give both, or none.");
  }
  const read = (file: string, name: string) =>
    readFile(file).catch(({ code }: NodeJS.ErrnoException) => {
      throw new UsageError(`${name} ${file} cannot be read (${code}): check the path.`);
    });
  return { cert: await read(cert, "--tls-cert"), key: await read(key, "--tls-key") };
}

/** The first signal drains, a second one ends at once. */
async function untilEnded(
  host: Pick<RunnerHost, "close">,
  stderr: NodeJS.WritableStream,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
    stderr.write("Nothing new is taken; what is under way is finished.\n");
    host.close().then(resolve, resolve);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  await promise;
}
