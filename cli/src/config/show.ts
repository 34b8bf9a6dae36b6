import { loadOptions } from "../../../worker/src/config/loadOptions.ts";
import { nodeOptions } from "../../../worker/src/config/nodeOptions.ts";
import { shownOptions } from "../../../worker/src/config/show.ts";
import type { Command } from "../../../worker/src/process/command.ts";
import { table, toJson } from "../../../worker/src/process/log.ts";
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
