import { flag } from "../../config/definition.ts";
import { help, nodeOptions } from "../../config/nodeOptions.ts";

export const configOptions = {
  ...nodeOptions,
  json: flag("as one JSON object"),
  help,
};
