import { flag, help, loadOptions, nodeOptions } from "@assay/worker/config";
import { askNode } from "@assay/worker/operate";
import { type Command, toJson } from "@assay/worker/process";

const drainOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  json: flag("one JSON object"),
  help,
};

export const drainCommand: Command = {
  summary: "tell a running node to finish what it has claimed and to end; waits until it has",
  options: drainOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, json } = loadOptions(drainOptions, argv, environment).values;
    // One that is stuck does not begin to drain, however long it is waited for.
    await askNode(dataDir, ["GET", "/status"]);
    const { batches } = await askNode<{ batches: number }>(dataDir, ["POST", "/drain"]);
    const words =
      batches === 0
        ? "The node has finished everything, and ends."
        : `The node ends; ${batches} batches were not finished in time: start it again before their deadlines.`;
    stdout.write(`${json ? toJson({ batches }) : words}\n`);
    return batches === 0 ? 0 : 1;
  },
};
