import { flag, help, nodeOptions } from "@assay/worker/config";

export const configOptions = {
  ...nodeOptions,
  json: flag("as one JSON object"),
  help,
};
