import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface Import {
  /** Path of the file, from the repository's root. */
  file: string;
  /** As it is written. */
  specifier: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;"']*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;

/** What a file imports, types included. */
export function importsOf(file: string, root: string): Import[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(IMPORT)].map(([, named, dynamic]) => ({
    ...{ file, specifier: named ?? dynamic ?? "" },
  }));
}

/** Folders in whose code a package has its own: the first part of a path. */
const packageOf = (path: string) => path.split("/")[0] ?? "";

export interface Rules {
  /** Each package's own name, by its folder, in an order in which each may import those before it alone. */
  order: readonly string[];
  /** What each declares that it needs. */
  dependencies: Readonly<Record<string, readonly string[]>>;
}

/** Where an import goes past a wall: up the order, to what is not declared, or into another package's inside. */
export function brokenWalls(imports: readonly Import[], { order, dependencies }: Rules): string[] {
  return imports.flatMap(({ file, specifier }) => {
    const from = packageOf(file);
    if (specifier.startsWith(".")) {
      const target = normalize(join(dirname(file), specifier));
      const to = packageOf(target);
      return order.includes(to) && to !== from ? [`${file} reaches into ${target}`] : [];
    }
    const [name, scoped] = /^(?:@assay\/([^/]+)|assay(?=\/|$))/.exec(specifier) ?? [];
    if (name === undefined) return [];
    const to = scoped ?? "cli";
    if (!dependencies[from]?.includes(name))
      return [`${file}: ${from} does not declare ${specifier}`];
    if (order.indexOf(to) >= order.indexOf(from)) return [`${file}: ${from} may not need ${to}`];
    return [];
  });
}

/** Groups of folders that need each other, each sorted. */
export function folderCycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith(".")) continue;
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
