import { Writable } from "node:stream";
import { aliases, commands, runCli } from "../../cli/src/cli.ts";
import { namedCommands } from "../../cli/src/commandLine/tree.ts";

/** The help of every command, as it is printed. */
export async function commandsPage(): Promise<string> {
  const shortForms = Object.entries(aliases).map(
    ([word, words]) => `\`assay ${word}\` is \`assay ${words.join(" ")}\``,
  );
  const sections: string[] = [];
  for (const [words] of namedCommands(commands)) {
    const name = `assay ${words.join(" ")}`;
    sections.push(`## ${name}`, `\`\`\`text\n${(await helpOf(words)).trimEnd()}\n\`\`\``);
  }
  return [
    "# Commands",
    `Every option is a flag, an environment variable and, where a key is given, a line of the configuration file. ${shortForms.join("; ")}.`,
    ...sections,
    "",
  ].join("\n\n");
}

async function helpOf(words: readonly string[]): Promise<string> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  await runCli([...words, "--help"], { env: {}, stdout });
  return text;
}
