import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** Files of the site by name. */
export type Site = ReadonlyMap<string, Uint8Array>;

const app = fileURLToPath(new URL("../../app/", import.meta.url));
const ICON = "icon.svg";
/** Titles of the pages, which have a script and a style of their own name. */
const PAGES = { index: "Assay", node: "Assay node" };

/** Where each script begins. Each is built by itself: a module that two of them reach through an index would be in what both load. */
const ENTRIES = {
  index: "main.tsx",
  node: "node/main.tsx",
  run: "run/run.ts",
  later: "later/later.ts",
};

/** Builds the site from its source, which only a checkout has; nothing is written. */
export async function bundleSite(): Promise<Site> {
  // A checkout has it; a published package has the site built.
  const { build } = await import("esbuild");
  const files = new Map<string, Uint8Array>();
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const { outputFiles } = await build({
      entryPoints: { [name]: `${app}${entry}` },
      ...{ outdir: app, bundle: true, minify: true, write: false, platform: "browser" },
      ...{ format: "esm", target: "es2024", splitting: true, chunkNames: "part-[hash]" },
      ...{ jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
      ...{ loader: { ".woff2": "file" }, assetNames: "[name]", logLevel: "silent" },
      conditions: ["browser"],
      external: ["./later.js"],
    });
    for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  }
  const template = await readFile(`${app}page.html`, "utf8");
  for (const [name, title] of Object.entries(PAGES)) {
    const page = template.replaceAll("{name}", name).replaceAll("{title}", title);
    files.set(`${name}.html`, new TextEncoder().encode(page));
  }
  files.set(ICON, await readFile(`${app}${ICON}`));
  return files;
}
