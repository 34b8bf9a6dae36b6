import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleSite, type Site } from "./bundle.ts";

/** Where a published package has the site: beside `dist`. */
const built = fileURLToPath(new URL("../../site/", import.meta.url));

let site: Promise<Site> | undefined;

/** The files of the site: those that were published, or built from source when they are first asked for. */
export function readSite(): Promise<Site> {
  site ??= (existsSync(join(built, "index.html")) ? readBuilt() : bundleSite()).catch((error) => {
    site = undefined;
    throw error;
  });
  return site;
}

async function readBuilt(): Promise<Site> {
  const names = await readdir(built);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(built, name))] as const),
    ),
  );
}

/** Writes the site into a folder, for any web server. `config` becomes its `config.json`. */
export async function writeSite(folder: string, config?: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of await readSite()) await writeFile(join(folder, name), bytes);
  if (config !== undefined) {
    await writeFile(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  }
}
