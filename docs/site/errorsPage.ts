import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
} from "typedoc";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One row for each error that a package throws on purpose: its stable code, its class, what it says. */
export function errorsPage(project: ProjectReflection): string {
  const refusals = contractErrors();
  const rows = project
    .getReflectionsByKind(ReflectionKind.Class)
    .filter((reflection) => reflection.isDeclaration())
    .filter((reflection) => isError(reflection))
    .map((reflection) => rowOf(reflection, refusals));
  return [
    "# Errors",
    "",
    "Everything that Assay throws on purpose is an `AssayError`. Tell errors apart by `code`, which does not change between releases. `shortMessage` says what is wrong and how to mend it. A refusal by a contract has the name of the contract's error as its code.",
    "",
    "| code and class | when |",
    "| --- | --- |",
    ...[...new Set(rows)].toSorted(),
    "",
  ].join("\n");
}

function rowOf(reflection: DeclarationReflection, refusals: Map<string, string>): string {
  const code = memberOf(reflection, "code").replaceAll('"', "").replaceAll(" | ", ", ");
  const summary = Comment.combineDisplayParts(reflection.comment?.summary);
  const words = (summary || (refusals.get(code) ?? "")).replaceAll(/\s+/g, " ");
  const again =
    memberOf(reflection, "retryable") === "true" ? " The same call may succeed later." : "";
  return `| \`${code}\`<br>\`${reflection.name}\` | ${cellOf(words)}${again} |`;
}

/** What the contracts' interfaces say of their errors, by name. */
function contractErrors(): Map<string, string> {
  const sources = globSync("contracts/**/*.sol", { cwd: root }).map((path) =>
    readFileSync(join(root, path), "utf8"),
  );
  const pattern = /((?:^[ \t]*\/\/\/.*\n)+)^[ \t]*error (\w+)\(/gm;
  const found = sources.flatMap((source) => [...source.matchAll(pattern)]);
  return new Map(
    found.map(([, comment = "", name = ""]) => [name, comment.replaceAll(/\/\/\/ *(@\w+ )?/g, "")]),
  );
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
  return text.trim().replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("{", "&#123;");
}
