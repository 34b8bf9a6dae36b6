import { help, loadOptions, UsageError } from "@assay/worker/config";
import type { Command } from "@assay/worker/process";
import type { Aliases, CommandTree } from "../commandLine/tree.ts";
import { bashScript } from "./bash.ts";
import { type Completable, completables, SHELLS, type Shell } from "./completable.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const options = { help };

const SCRIPTS: Record<Shell, (all: readonly Completable[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/**
 * The command that prints a shell's completions. They know all words and options themselves: a shell that asked the command at
 * every TAB would wait for it to start, half a second and more.
 * @param tree - is called when the command runs: it is a part of the tree itself.
 */
export function createCompletionCommand(tree: () => CommandTree, aliases: Aliases): Command {
  return {
    summary: "print completions for a shell: source <(assay completion bash)",
    operands: SHELLS.join("|"),
    options,
    async run([name = "", ...rest], { environment, stdout }) {
      const shell = SHELLS.find((known) => known === name);
      if (shell === undefined) throw new UsageError(`Name a shell: ${SHELLS.join(", ")}.`);
      loadOptions(options, rest, environment);
      stdout.write(SCRIPTS[shell](completables(tree(), aliases)));
      return 0;
    },
  };
}
