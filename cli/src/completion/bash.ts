import { type Completable, headerOf } from "./completable.ts";

/** For bash from 3.2 on, as macOS has it. */
export function bashScript(all: readonly Completable[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  const offers = all.map(({ path, words, options, takesFiles }) => {
    const flags = options.map(({ flag }) => flag).join(" ");
    const offered = words.map(({ word }) => word).join(" ");
    const files = takesFiles ? " files=1" : "";
    return `    "${path}") words="${offered}" flags="${flags}"${files} ;;`;
  });
  return `${headerOf("bash")}
# In ~/.bashrc: source <(assay completion bash)
_assay() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" path="" words="" flags="" files="" i
  local IFS=$' \\t\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${path:+$path }\${COMP_WORDS[i]}" in
      ${paths.join("|")}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  [ "$COMP_CWORD" -gt 0 ] && prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  case "$path $prev" in
${valueCases(all)}
  esac
  case "$path" in
${offers.join("\n")}
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *)
      if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
      elif [ -n "$files" ]; then _assay_files
      else COMPREPLY=($(compgen -W "$flags" -- "$cur"))
      fi ;;
  esac
}
_assay_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _assay assay
`;
}

/** What follows an option that takes a value. */
function valueCases(all: readonly Completable[]): string {
  const places = new Map<string, string[]>();
  for (const { path, options } of all) {
    for (const { flag, value } of options) {
      if (value === "none") continue;
      const action = actionOf(value);
      places.set(action, [...(places.get(action) ?? []), `"${path} ${flag}"`]);
    }
  }
  return [...places]
    .map(([action, patterns]) => `    ${patterns.join("|")}) ${action}return ;;`)
    .join("\n");
}

function actionOf(value: "any" | "file" | { choices: string[] }): string {
  if (value === "any") return "";
  if (value === "file") return "_assay_files; ";
  return `COMPREPLY=($(compgen -W "${value.choices.join(" ")}" -- "$cur")); `;
}
