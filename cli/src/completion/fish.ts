import { type Completable, type CompletableOption, headerOf } from "./completable.ts";

/** For fish from 3.0 on. */
export function fishScript(all: readonly Completable[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  return `${headerOf("fish")}
# In ~/.config/fish/config.fish: assay completion fish | source
set -g __assay_paths ${paths.join(" ")}
function __assay_at --argument-names path
    set -l at ""
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$at $word")
        contains -- $next $__assay_paths; or break
        set at $next
    end
    test "$at" = "$path"
end
complete -c assay -f
${all.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ path, words, options, takesFiles }: Completable): string[] {
  const here = `complete -c assay -n ${quoted(`__assay_at ${quoted(path)}`)}`;
  return [
    ...(takesFiles ? [`${here} -F`] : []),
    ...words.map(({ word, summary }) => `${here} -a ${quoted(word)} -d ${quoted(summary)}`),
    ...options.map((option) => `${here} ${optionOf(option)}`),
  ];
}

function optionOf({ flag, summary, value }: CompletableOption): string {
  return `-l ${quoted(flag.slice(2))} ${parameterOf(value)}-d ${quoted(summary)}`;
}

function parameterOf(value: CompletableOption["value"]): string {
  if (value === "none") return "";
  if (value === "any") return "-x ";
  return value === "file" ? "-r -F " : `-x -a ${quoted(value.choices.join(" "))} `;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
