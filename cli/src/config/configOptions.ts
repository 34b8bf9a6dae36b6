import { flag } from "../../../worker/src/config/definition.ts";
import { help, nodeOptions } from "../../../worker/src/config/nodeOptions.ts";

export const configOptions = {
  ...nodeOptions,
  json: flag("as one JSON object"),
  help,
};
