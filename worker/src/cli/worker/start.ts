import type { NodeOptions } from "../../node/node.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { parseOptions } from "../options.ts";
import { readAccount } from "./privateKey.ts";
import { startOptions } from "./startOptions.ts";
import { stopSignal } from "./stopSignal.ts";

/**
 * The command that runs a node.
 * @param embedding - what a program of its own, which is started like the command, puts in the place of the node's parts.
 */
export function createStartCommand(embedding: Pick<NodeOptions, "createExecutor"> = {}): Command {
  return {
    summary: "run a worker node until it is told to stop (SIGINT, SIGTERM)",
    options: startOptions,
    async run(argv, { environment, stdout }) {
      const { rpc, ...options } = parseOptions(startOptions, argv, environment);
      if (rpc === undefined) {
        throw new UsageError("The node needs a chain: give its JSON-RPC with --rpc.");
      }
      const signal = stopSignal({ withParent: options.exitWithParent ?? false });
      const account = await readAccount(options.keyFile, environment);
      // The node's libraries are large: whoever mistyped something should not wait for them.
      const { runNode } = await import("./runNode.ts");
      await runNode({ ...options, rpc }, { account, stdout, signal, ...embedding });
      return 0;
    },
  };
}

export const startCommand: Command = createStartCommand();
