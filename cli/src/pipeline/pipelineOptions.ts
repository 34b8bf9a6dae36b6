import { flag, help, listOption, oneOf, option, parsePath, UsageError } from "@assay/worker/config";

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
    "where a step's programs run: in-process, threads or processes; without a step, those of all",
  parse: (text: string) => text,
});

export const planOptions = { store, runner, json, help };

export const runOptions = {
  store,
  runner,
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
