import { checkConfig, needsChain } from "../config/check.ts";
import { loadOptions } from "../config/loadOptions.ts";
import { readAccount } from "../keystore/readAccount.ts";
import type { NodeOptions } from "../node/options.ts";
import type { Command } from "./command.ts";
import { startOptions } from "./startOptions.ts";
import { stopSignals } from "./stopSignals.ts";

/** Loads the node's libraries. They are large, so a mistyped option is reported before they are loaded. */
export const loadNode = () => import("./runNode.ts");

/**
 * The command that runs a node.
 * @param embedding - replacements for the node's parts, from a program of its own that is started like the command.
 */
export function createStartCommand(
  embedding: Pick<NodeOptions, "createExecutor" | "createTracer"> = {},
): Command {
  return {
    summary:
      "run a node until it is told to stop: SIGTERM finishes what is claimed, SIGINT does not",
    options: startOptions,
    async run(argv, { environment, stdout }) {
      const { values } = loadOptions(startOptions, argv, environment);
      checkConfig(values);
      const signals = stopSignals({ withParent: values.exitWithParent });
      const account = needsChain(values) ? await readAccount(values, environment) : undefined;
      const { runNode } = await loadNode();
      await runNode(values, { account, stdout, signals, ...embedding });
      return 0;
    },
  };
}

export const startCommand: Command = createStartCommand();
