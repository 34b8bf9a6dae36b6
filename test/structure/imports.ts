import { readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { type Node, parseSync } from "oxc-parser";

export interface Import {
  /** Path of the file, from the repository's root. */
  file: string;
  /** As it is written; missing where it is computed when the program runs. */
  specifier: string | undefined;
  /** Whether it names a file that is started or read, and not imported. */
  isFile?: boolean;
}

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  /** What one entry needs and others do not is an optional peer. */
  peerDependencies?: Record<string, string>;
  exports?: Record<string, string>;
  imports?: Record<string, Record<string, string>>;
}

/** A package's `package.json`. */
export function manifestOf(folder: string, root: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** What a file imports: types, side effects, `import()`, `require` and files that are named by their URL included. */
export function importsOf(file: string, root: string): Import[] {
  return importsIn(readFileSync(join(root, file), "utf8"), file).flatMap((one) =>
    one.specifier?.startsWith("#") ? behindName(one.specifier, file, root) : [one],
  );
}

/** The same of a source text. */
export function importsIn(source: string, file: string): Import[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const found: Import[] = [];
  visit(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== "none") found.push({ file, ...specifier });
  });
  return found;
}

type Specifier = Omit<Import, "file"> | "none";

function specifierOf(node: Node): Specifier {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
      return { specifier: node.source.value };
    case "ExportNamedDeclaration":
      return node.source === null ? "none" : { specifier: node.source.value };
    case "ImportExpression":
    case "TSImportType":
      return { specifier: textOf(node.source) };
    case "TSExternalModuleReference":
      return { specifier: textOf(node.expression) };
    case "CallExpression":
      return isRequire(node.callee) ? { specifier: textOf(node.arguments[0]) } : "none";
    case "NewExpression":
      return node.callee.type === "Identifier" && node.callee.name === "URL"
        ? fileUrl(node.arguments[0], node.arguments[1])
        : "none";
    default:
      return "none";
  }
}

/** `require`, `createRequire(…)` that is called, or `import.meta.resolve`. */
function isRequire(callee: Node): boolean {
  if (callee.type === "Identifier") return callee.name === "require";
  if (callee.type === "CallExpression") {
    return callee.callee.type === "Identifier" && callee.callee.name === "createRequire";
  }
  return (
    callee.type === "MemberExpression" &&
    callee.object.type === "MetaProperty" &&
    callee.property.type === "Identifier" &&
    callee.property.name === "resolve"
  );
}

/** `new URL("…", import.meta.url)` of code; of other files, anybody may read what lies in its own package. */
function fileUrl(path: Node | undefined, base: Node | undefined): Specifier {
  const text = textOf(path);
  const isHere = base?.type === "MemberExpression" && base.object.type === "MetaProperty";
  if (!isHere || text === undefined || !/\.m?[jt]s$/.test(text)) return "none";
  return { specifier: text.startsWith(".") ? text : `./${text}`, isFile: true };
}

function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type !== "TemplateLiteral") return undefined;
  const head = node.quasis[0]?.value.cooked ?? "";
  // Which file of a package it is may be computed; which package, may not.
  const namesPackage = /^(@[\w-]+\/)?[\w-]+\//.test(head);
  return node.expressions.length === 0 || namesPackage ? head : undefined;
}

function visit(node: Node, action: (node: Node) => void): void {
  action(node);
  for (const value of Object.values(node)) {
    for (const child of [value].flat()) {
      if (typeof child === "object" && child !== null && "type" in child) visit(child, action);
    }
  }
}

/** The files that stand behind a name of the package's `imports`, under all conditions. */
function behindName(name: string, file: string, root: string): Import[] {
  const folder = packageOf(file);
  const files = manifestOf(folder, root).imports?.[name];
  if (files === undefined) return [{ file, specifier: undefined }];
  return Object.values(files).map((path) => {
    const specifier = relative(dirname(file), join(folder, path));
    return { file, specifier: specifier.startsWith(".") ? specifier : `./${specifier}` };
  });
}

/** Folders in whose code a package has its own: the first part of a path. */
const packageOf = (path: string) => path.split("/")[0] ?? "";

export interface Rules {
  /** Each package's own folder, in an order in which each may import those before it alone. */
  order: readonly string[];
  /** What each package is, by its folder. */
  manifests: Readonly<Record<string, Manifest>>;
}

/** Where an import goes past a wall: up the order, to what is not declared, or into another package's inside. */
export function brokenWalls(imports: readonly Import[], { order, manifests }: Rules): string[] {
  const folders = new Map(order.map((folder) => [manifests[folder]?.name, folder]));
  return imports.flatMap(({ file, specifier }) => {
    const from = packageOf(file);
    if (specifier === undefined) return [`${file} computes what it imports`];
    if (specifier.startsWith(".")) {
      const target = normalize(join(dirname(file), specifier));
      return packageOf(target) === from ? [] : [`${file} reaches into ${target}`];
    }
    const [name = "", entry = ""] = /^(@[^/]+\/[^/]+|[^/]+)(.*)$/.exec(specifier)?.slice(1) ?? [];
    const to = folders.get(name);
    if (to === undefined) return [];
    const { dependencies, peerDependencies } = manifests[from] ?? {};
    if ({ ...peerDependencies, ...dependencies }[name] === undefined) {
      return [`${file}: ${from} does not declare ${specifier}`];
    }
    if (order.indexOf(to) >= order.indexOf(from)) return [`${file}: ${from} may not need ${to}`];
    const isEntry = manifests[to]?.exports?.[`.${entry}`]?.includes("/src/") ?? false;
    return isEntry ? [] : [`${file}: ${specifier} is no entry of ${to}`];
  });
}

/** Groups of folders that need each other, each sorted. */
export function folderCycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const { file, specifier, isFile } of imports) {
    if (isFile || !specifier?.startsWith(".")) continue;
    const [from, to] = [dirname(file), dirname(normalize(join(dirname(file), specifier)))];
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  const reached = new Map([...edges.keys()].map((from) => [from, reachable(from, edges)]));
  const groups = new Map<string, string[]>();
  for (const [from, all] of reached) {
    if (!all.has(from)) continue;
    const group = [...all].filter((to) => reached.get(to)?.has(from)).toSorted();
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

function reachable(from: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const waiting = [...(edges.get(from) ?? [])];
  for (let to = waiting.pop(); to !== undefined; to = waiting.pop()) {
    if (seen.has(to)) continue;
    seen.add(to);
    waiting.push(...(edges.get(to) ?? []));
  }
  return seen;
}
