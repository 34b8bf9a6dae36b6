import { help, loadOptions, option } from "@assay/worker/config";
import type { Command } from "@assay/worker/process";

/** More processes than that do not get along on one machine. */
const MAX_WORKERS = 32;
const MAX_PORT = 65_535;

const devOptions = {
  workers: option({
    placeholder: "N",
    describe: `worker processes, at most ${MAX_WORKERS}`,
    default: "3",
    parse: (text) => wholeNumber(text, 1, MAX_WORKERS),
  }),
  port: option({
    placeholder: "N",
    describe: "port of the chain's JSON-RPC",
    defaultsTo: "any free one",
    parse: (text) => wholeNumber(text, 0, MAX_PORT),
  }),
  help,
};

function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`give a whole number from ${min} to ${max}`);
  }
  return value;
}

export const devCommand: Command = {
  summary: "a chain, a Marketplace and workers on this machine, until Ctrl-C",
  options: devOptions,
  async run(argv, { environment, stdout }) {
    const { workers, port = 0 } = loadOptions(devOptions, argv, environment).values;
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());
    // Hardhat and the network's libraries are large, so a mistyped option is reported before they are loaded.
    const { serveLocalnet } = await import("@assay/devnet");
    try {
      await serveLocalnet({
        workers,
        port,
        signal: stop.signal,
        onReady(ready) {
          for (const [name, value] of Object.entries(ready)) {
            const note = name === "ASSAY_PRIVATE_KEY" ? " # a development key, worth nothing" : "";
            stdout.write(`export ${name}=${value}${note}\n`);
          }
          stdout.write(
            `# ${workers} ${workers === 1 ? "worker is" : "workers are"} listening. Ctrl-C ends everything.\n`,
          );
        },
      });
    } catch (error) {
      if (error === stop.signal.reason) return 130; // before it was ready
      throw error;
    }
    return 0;
  },
};
