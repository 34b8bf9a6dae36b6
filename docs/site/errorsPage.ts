import {
  Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
} from "typedoc";

/** One row for each error that a package throws on purpose: its stable code, its class, what it says. */
export function errorsPage(project: ProjectReflection): string {
  const classes = project
    .getReflectionsByKind(ReflectionKind.Class)
    .filter((reflection) => reflection.isDeclaration())
    .filter((reflection) => isError(reflection));
  const rows = classes
    .map((reflection) => {
      const code = memberOf(reflection, "code").replaceAll('"', "").replaceAll(" | ", ", ");
      const retryable =
        { true: "yes", false: "no" }[memberOf(reflection, "retryable")] ?? "depends";
      const words = Comment.combineDisplayParts(reflection.comment?.summary).replaceAll(
        /\s+/g,
        " ",
      );
      const again = retryable === "yes" ? " The same call may succeed later." : "";
      return `| \`${code}\`<br>\`${reflection.name}\` | ${cellOf(words)}${again} |`;
    })
    .filter((row, index, all) => all.indexOf(row) === index)
    .toSorted();
  return [
    "# Errors",
    "",
    "Everything that Assay throws on purpose is an `AssayError`. Tell errors apart by `code`, which does not change between releases. `shortMessage` says what is wrong and how to mend it.",
    "",
    "| code and class | when |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function isError(reflection: DeclarationReflection): boolean {
  if (reflection.flags.isAbstract) return false;
  const has = (name: string) => reflection.getChildByName(name) !== undefined;
  return has("code") && has("retryable") && has("shortMessage");
}

function memberOf(reflection: DeclarationReflection, name: string): string {
  const member = reflection.getChildByName(name);
  return member?.isDeclaration() ? String(member.type ?? "") : "";
}

/** A table's cell has no bar, and no mark of HTML. */
function cellOf(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("{", "&#123;");
}
