import { loadOptions, nodeOptions, shownOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { configOptions } from "./configOptions.ts";

export const configShowCommand: Command = {
  summary: "show the configuration that a node would run with, and where each value comes from",
  options: configOptions,
  async run(argv, { environment, stdout }) {
    const { values, resolved } = loadOptions(configOptions, argv, environment);
    const options = shownOptions(nodeOptions, resolved);
    const rows = options.map(({ key, value, source, from, defaultsTo }) => {
      const shown = value ?? `(${defaultsTo ?? "none"})`;
      return [key, source === "default" ? shown : `${shown}   ← ${from}`] as const;
    });
    stdout.write(`${values.json ? toJson({ options }) : table(rows)}\n`);
    return 0;
  },
};
