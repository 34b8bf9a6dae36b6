import { flag } from "../config/definition.ts";
import { help, nodeOptions } from "../config/nodeOptions.ts";

export const startOptions = {
  ...nodeOptions,
  json: flag("log as JSON, as --log-format json"),
  "exit-with-parent": flag("stop when the process that started this one is gone"),
  help,
};
