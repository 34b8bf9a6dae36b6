import {
  flag,
  help,
  listOption,
  oneOf,
  option,
  parseAmount,
  parsePath,
  UsageError,
} from "@assay/worker/config";

const json = flag("JSON: one object");

const store = option({
  placeholder: "<file>",
  describe: "SQLite file in which results are remembered",
  defaultsTo: "beside the pipeline, *.sqlite",
  parse: parsePath,
});

const runner = listOption({
  placeholder: "<step>=<runner>",
  describe:
    "where a step's programs run: in-process, threads, processes, http or market; without a step, those of all",
  parse: (text: string) => text,
});

/** What runners elsewhere need. */
const elsewhere = {
  host: listOption({
    placeholder: "<url>",
    describe: "for the runner http: a machine that runs assay runner serve",
    parse: parseHost,
  }),
  "token-file": option({
    placeholder: "<file>",
    describe: "for the runner http: file with the token; ASSAY_RUNNER_TOKEN has it otherwise",
    parse: parsePath,
  }),
  reward: option({
    placeholder: "<amount>",
    describe:
      "for the runner market: reward of one task, 0.001 (ether), 20gwei, 1000wei; chain and account come from ASSAY_RPC, ASSAY_PRIVATE_KEY and a running assay dev",
    parse: parseAmount,
  }),
};

export const planOptions = { store, runner, ...elsewhere, json, help };

export const runOptions = {
  store,
  runner,
  ...elsewhere,
  out: option({
    placeholder: "<folder>",
    describe: "where results are written, a file each: <step>/<epoch>.<position>…",
    defaultsTo: "nowhere",
    parse: parsePath,
  }),
  json,
  help,
};

export const statusOptions = { store, json, help };

export const graphOptions = {
  format: option({
    placeholder: "mermaid|svg",
    describe: "what the graph is written as",
    default: "mermaid",
    parse: oneOf("mermaid", "svg"),
  }),
  out: option({
    placeholder: "<file>",
    describe: "where the graph is written",
    defaultsTo: "standard output",
    parse: parsePath,
  }),
  json,
  help,
};

export const OPERANDS = ["<pipeline.yaml, or a module>"] as const;

/** Runners by step, `*` for all that are not named. @throws {@link UsageError} */
export function parseRunners(texts: readonly string[]): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const [step, name] = at < 0 ? ["*", text] : [text.slice(0, at), text.slice(at + 1)];
    if (step === "" || name === "") {
      throw new UsageError(
        `--runner ${text} names no step or no runner: give <step>=<runner>, or a runner for all.`,
      );
    }
    chosen[step] = name;
  }
  return chosen;
}

function parseHost(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new Error("give a URL such as http://10.0.0.5:8787");
}
