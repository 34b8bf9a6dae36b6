import { readFile } from "node:fs/promises";
import { type RunnerHost, serveRunner, type TlsFiles } from "@assay/runners/http";
import { loadOptions, UsageError } from "@assay/worker/config";
import { type Command, toJson } from "@assay/worker/process";
import { RunnerListenError } from "./errors.ts";
import { serveRunnerOptions } from "./runnerOptions.ts";
import { readToken, TOKEN_VARIABLE } from "./token.ts";

export const runnerServeCommand: Command = {
  summary: "run programs for one's own clients over HTTP, in sandboxed processes; SIGTERM drains",
  options: serveRunnerOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { values } = loadOptions(serveRunnerOptions, argv, environment);
    const { listen, tlsCert, tlsKey, tokenFile, processes, concurrency, maxInput, json } = values;
    const token = await readToken(tokenFile, environment);
    const tls = await readTls(tlsCert, tlsKey);
    const options = { ...listen, token, tls, processes, concurrency, maxInputBytes: maxInput };
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
async function untilEnded(host: RunnerHost, stderr: NodeJS.WritableStream): Promise<void> {
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
