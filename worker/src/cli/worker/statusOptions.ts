import { flag, option } from "../options.ts";
import { startOptions } from "./startOptions.ts";

export const statusOptions = {
  "data-dir": startOptions["data-dir"],
  rpc: option({
    ...startOptions.rpc,
    describe: "JSON-RPC of the chain, to show stake and credit as well",
  }),
  json: flag("one JSON object"),
  help: flag("show this"),
};
