import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

interface Lock {
  packages: Record<
    string,
    {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
      peerDependenciesMeta?: Record<string, { optional?: boolean }>;
    }
  >;
}

/** All that a package brings into a folder, itself included: paths below the folder, from npm's lock file. */
export function broughtBy(folder: string, name: string): string[] {
  const { packages }: Lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  const found = new Set<string>();
  const waiting = [`node_modules/${name}`];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      packages[path] ?? {};
    const required = Object.keys(peerDependencies ?? {}).filter(
      (peer) => peerDependenciesMeta?.[peer]?.optional !== true,
    );
    const needed = { ...dependencies, ...optionalDependencies };
    for (const wanted of [...Object.keys(needed), ...required]) {
      const place = placeOf(wanted, path, packages);
      if (place !== undefined) waiting.push(place);
    }
  }
  return [...found].toSorted();
}

/** Where Node finds a package that is imported from a place: there, or in the nearest folder above. */
function placeOf(name: string, from: string, packages: Lock["packages"]): string | undefined {
  for (let above = from; ; above = above.slice(0, above.lastIndexOf("/node_modules/"))) {
    const place = `${above}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (above.lastIndexOf("/node_modules/") === -1) break;
  }
  const place = `node_modules/${name}`;
  return packages[place] === undefined ? undefined : place;
}

/** Size on disk of such packages, without what others nested in them, in bytes. */
export function sizeOf(folder: string, paths: readonly string[]): number {
  const bytesIn = (path: string): number =>
    readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
      if (entry.name === "node_modules") return sum;
      const inside = join(path, entry.name);
      return sum + (entry.isDirectory() ? bytesIn(inside) : statSync(inside).size);
    }, 0);
  const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
  return paths
    .map((path) => join(folder, path))
    .filter(isThere)
    .reduce((sum, path) => sum + bytesIn(path), 0);
}
