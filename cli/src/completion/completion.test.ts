import { execFile, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { aliases, commands } from "../cli.ts";
import { namedCommands } from "../commandLine/tree.ts";
import { bashScript } from "./bash.ts";
import { completables, SHELLS, type Shell } from "./completable.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const run = promisify(execFile);
const started = startedThings();
afterAll(() => started.end());

const all = completables(commands, aliases);
const scripts = { bash: bashScript(all), zsh: zshScript(all), fish: fishScript(all) };

const isInstalled = (shell: Shell) => spawnSync(shell, ["--version"]).status === 0;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder(started);
  await mkdir(join(folder, "home"));
  for (const name of ["my program.wasm", "my.yaml"]) await writeFile(join(folder, name), "");
  for (const shell of SHELLS) await writeFile(join(folder, `assay.${shell}`), scripts[shell]);
  await writeFile(join(folder, "zpty.zsh"), ZPTY);
});

/** What a real shell offers for a line that TAB is pressed at the end of. */
const offers: Record<Shell, (line: string) => Promise<string[]>> = {
  async bash(line) {
    const script = `
      source "$1"
      line="$2"; eval "set -- $line"; COMP_WORDS=("$@")
      [[ "$line" == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE="$line" COMP_POINT=\${#line}
      _assay
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return offered("bash", ["--norc", "-c", script, "bash", join(folder, "assay.bash"), line]);
  },
  async fish(line) {
    const script = "source $argv[1]; complete -C $argv[2]";
    const args = ["--no-config", "-c", script, join(folder, "assay.fish"), line];
    return (await offered("fish", args)).map((text) => text.replace(/\t.*/, ""));
  },
  async zsh(line) {
    return offered("zsh", ["-f", join(folder, "zpty.zsh"), join(folder, "assay.zsh"), line]);
  },
};

async function offered(shell: Shell, args: string[]): Promise<string[]> {
  const env = { PATH: process.env.PATH, HOME: join(folder, "home"), TERM: "xterm" };
  const { stdout, stderr } = await run(shell, args, { cwd: folder, env });
  expect(stderr).toBe("");
  return stdout.split(/\r?\n/).filter((text) => text !== "");
}

/** Types a line into a zsh on a terminal of its own, and prints what is handed to `compadd`, which shows it. */
const ZPTY = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
tell() { zpty -w shell "$1" }
until_said() { local text; zpty -m -r shell text "*$1*" || exit 1; REPLY="$text" }
tell 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source '"\${(q)1}"
tell 'compadd() {
  local -a shown; local at
  if [[ "\${@[1,(i)(-|--)]}" == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  builtin compadd -O shown "$@"
  (( \${#shown} )) && print -l -- "OFFER:"\${^shown}
  builtin compadd "$@"
}'
tell 'report() { print BEGIN; zle complete-word; print END; zle kill-whole-line; }; zle -C complete-word complete-word _main_complete; zle -N report; bindkey "^I" report; print READ""Y'
until_said READY
zpty -w -n shell "$2"$'\\t'
until_said END
print -r -- "$REPLY" | sed -n 's/^.*OFFER://p' | tr -d '\\r'
zpty -d shell
`;

describe.each(SHELLS)("%s", (shell) => {
  const installed = isInstalled(shell);
  if (!installed)
    process.stdout.write(`${shell} is not installed here: its completions are not tried\n`);

  test.runIf(installed)("offers nouns, verbs and options", async () => {
    const nouns = await offers[shell]("assay ");
    expect(nouns).toEqual(
      expect.arrayContaining([...Object.keys(commands), ...Object.keys(aliases)]),
    );
    expect(await offers[shell]("assay sta")).toEqual(expect.arrayContaining(["stake", "status"]));
    expect((await offers[shell]("assay stake ")).toSorted()).toEqual([
      ...["deposit", "status", "unbond", "withdraw"],
    ]);
    expect(await offers[shell]("assay help stake d")).toEqual(["deposit"]);
    expect(await offers[shell]("assay stake deposit --am")).toEqual(["--amount"]);
    expect(await offers[shell]("assay status --data-dir here --js")).toEqual(["--json"]);
    expect(await offers[shell]("assay nothing --js")).toEqual([]);
  });

  test.runIf(installed)("offers what an option takes", async () => {
    const networks = await offers[shell]("assay worker start --network ");
    expect(networks.toSorted()).toEqual(["local", "public"]);
    expect(await offers[shell]("assay worker start --config my")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^my.*yaml$/)]),
    );
    expect(await offers[shell]("assay stake deposit --amount ")).toEqual([]);
    expect(await offers[shell]("assay task my")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^my.*program\.wasm$/)]),
    );
    expect((await offers[shell]("assay completion ")).toSorted()).toEqual(["bash", "fish", "zsh"]);
  });
});

test("every command of the tree has its place in every script", () => {
  for (const [words] of namedCommands(commands)) {
    for (const shell of SHELLS) expect(scripts[shell]).toContain(words.join(" "));
  }
});
