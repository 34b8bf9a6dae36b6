import { flag, help, nodeOptions } from "@assay/worker/config";

export const statusOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  rpc: {
    ...nodeOptions.rpc,
    describe: "JSON-RPC of the chain, to show stake and credit as well",
  },
  json: flag("one JSON object"),
  help,
};
