import { type Completable, headerOf, type ValueKind } from "./completable.ts";

/** A file named `_assay` in a folder of `$fpath`, or sourced after `compinit`. */
export function zshScript(all: readonly Completable[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  return `#compdef assay
${headerOf("zsh")}
# In ~/.zshrc, after compinit: source <(assay completion zsh)
_assay() {
  local at="" i
  local -a paths offered flags
  paths=(${paths.join(" ")})
  for ((i = 2; i < CURRENT; i++)); do
    (( \${paths[(Ie)\${at:+$at }\${words[i]}]} )) || break
    at="\${at:+$at }\${words[i]}"
  done
  case "$at \${words[CURRENT - 1]}" in
${all.flatMap(valueCases).join("\n")}
  esac
  case "$at" in
${all.map(offerCase).join("\n")}
  esac
}
_assay_offer() {
  if [[ "$PREFIX" == -* || ( \${#offered} -eq 0 && -z "$1" ) ]]; then
    _describe -o 'option' flags
  elif (( \${#offered} )); then
    _describe 'command' offered
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" == "_assay" ]]; then _assay "$@"; else compdef _assay assay; fi
`;
}

function offerCase({ path, words, options, takesFiles }: Completable): string {
  const offered = words.map(({ word, summary }) => described(word, summary));
  const flags = options.map(({ flag, summary }) => described(flag, summary));
  return `    ${quoted(path)})
      offered=(${offered.join(" ")})
      flags=(${flags.join(" ")})
      _assay_offer ${takesFiles ? "files" : ""} ;;`;
}

function valueCases({ path, options }: Completable): string[] {
  return options.flatMap(({ flag, value }) =>
    value === "none" ? [] : [`    ${quoted(`${path} ${flag}`)}) ${actionOf(value)} ;;`],
  );
}

function actionOf(value: Exclude<ValueKind, "none">): string {
  if (value === "any") return "return";
  if (value === "file") return "_files; return";
  return `compadd -- ${value.choices.map(quoted).join(" ")}; return`;
}

/** A colon parts the word from what is said of it. */
function described(word: string, summary: string): string {
  return quoted(`${word.replaceAll(":", "\\:")}${summary === "" ? "" : `:${summary}`}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
