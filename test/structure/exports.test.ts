import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { PACKAGES } from "../../packaging/packages.ts";
import { manifestOf } from "./imports.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const entries = PACKAGES.flatMap((folder) => {
  const { name, exports = {} } = manifestOf(folder, root);
  return Object.entries(exports)
    .filter(([, path]) => path.endsWith(".ts") && !path.endsWith("/main.ts")) // the latter run when they are imported
    .map(([entry, path]) => [`${name}${entry.slice(1)}`, join(root, folder, path)] as const);
});

// What changes here changes for whoever uses the packages: tell it in a changeset. `vitest run FILE -u` writes it.
test.each(entries)("%s exports exactly this", async (_, path) => {
  const exported = await import(pathToFileURL(path).href);
  expect(Object.keys(exported).toSorted()).toMatchSnapshot();
});
