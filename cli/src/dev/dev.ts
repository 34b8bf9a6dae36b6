import type { PagesServer } from "@assay/explorer";
import { flag, help, loadOptions, option, parsePath, UsageError } from "@assay/worker/config";
import type { Command, CommandContext } from "@assay/worker/process";
import {
  checkEnvFile,
  defaultEnvFile,
  envFileContent,
  exportLines,
  removeEnvFile,
  writeEnvFile,
} from "./envFile.ts";
import { serveDevPages } from "./pages.ts";
import { watchParents } from "./parents.ts";

/** More processes than that do not get along on one machine. */
const MAX_WORKERS = 32;
const MAX_JURORS = 8;
const MAX_PORT = 65_535;

const devOptions = {
  workers: option({
    placeholder: "N",
    describe: `worker processes, at most ${MAX_WORKERS}`,
    default: "3",
    parse: (text) => wholeNumber(text, 1, MAX_WORKERS),
  }),
  jurors: option({
    placeholder: "N",
    describe: `juror processes, at most ${MAX_JURORS}; without any there is no jury`,
    default: "1",
    parse: (text) => wholeNumber(text, 0, MAX_JURORS),
  }),
  port: option({
    placeholder: "N",
    describe: "port of the chain's JSON-RPC",
    defaultsTo: "any free one",
    parse: (text) => wholeNumber(text, 0, MAX_PORT),
  }),
  "explorer-port": option({
    placeholder: "N",
    describe: "port of the explorer's pages",
    defaultsTo: "any free one",
    parse: (text) => wholeNumber(text, 0, MAX_PORT),
  }),
  // Node itself takes --env-file, wherever it stands, and ends if there is no such file.
  "write-env": option({
    placeholder: "<file>",
    describe: "where the environment is written, besides being printed; deleted at the end",
    defaultsTo: "assay/dev.env in $XDG_STATE_HOME, or in ~/.local/state",
    parse: parsePath,
  }),
  keep: flag("go on when the process that started this one ends, or its terminal: for nohup"),
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
  summary: "a chain, a Marketplace, workers and a juror on this machine, until Ctrl-C",
  options: devOptions,
  async run(argv, { environment, stdout, stderr }) {
    const options = loadOptions(devOptions, argv, environment).values;
    const { workers, jurors, port = 0, explorerPort = 0 } = options;
    const stop = stopsWhen({ ...options, stdout, stderr });
    const file = options.writeEnv ?? defaultEnvFile(environment);
    if (options.writeEnv !== undefined) await checkEnvFile(file);
    // Hardhat and the network's libraries are large, so a mistyped option is reported before they are loaded.
    const { serveLocalnet } = await import("@assay/devnet");
    let content = "";
    let pages: PagesServer | undefined;
    try {
      await serveLocalnet({
        ...{ workers, jurors, port, signal: stop.signal },
        async onReady(ready, { peer, removeLater }) {
          pages = await serveDevPages(ready, { peer, port: explorerPort });
          const variables: Record<string, string> = { ...ready };
          content = envFileContent(variables);
          removeLater(file, content);
          const where = await writeEnvFile(file, content).then(
            () => `# The same lines are in ${file}.\n`,
            (error) => {
              // Without the file everything works all the same, so one that nobody asked for does not end it.
              if (options.writeEnv !== undefined || !(error instanceof UsageError)) throw error;
              stderr.write(`assay: ${error.shortMessage}\n`);
              return "";
            },
          );
          const nodes = [
            counted(workers, "worker"),
            ...(jurors > 0 ? [counted(jurors, "juror")] : []),
          ];
          const verb = workers + jurors === 1 ? "is" : "are";
          stdout.write(
            `${exportLines(variables).join("\n")}\n${where}# Explorer: ${pages.url}\n# ${nodes.join(" and ")} ${verb} listening. Ctrl-C ends everything.\n`,
          );
        },
      });
    } catch (error) {
      if (error === stop.signal.reason) return 130; // before it was ready
      throw error;
    } finally {
      await pages?.close();
      if (content !== "") await removeEnvFile(file, content).catch(() => {});
    }
    return 0;
  },
};

function counted(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Aborts when a signal tells the process to end, and when those who started it are gone. */
function stopsWhen({
  keep,
  stdout,
  stderr,
}: { keep: boolean } & Pick<CommandContext, "stdout" | "stderr">): AbortController {
  const stop = new AbortController();
  const end = () => {
    // Whoever says it twice does not want to wait: what is left then, the guard ends.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  // Those who read what is printed may be gone, too.
  stdout.on("error", () => keep || stop.abort());
  stderr.on("error", () => {});
  if (keep) process.on("SIGHUP", () => {});
  else {
    process.on("SIGHUP", () => stop.abort());
    watchParents(() => {
      stderr.write(
        "assay: the process that started assay dev is gone, and so it ends; --keep lets it go on.\n",
      );
      stop.abort();
    });
  }
  return stop;
}
