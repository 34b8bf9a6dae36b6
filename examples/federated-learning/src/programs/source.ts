import { readFile } from "node:fs/promises";

const IMPORT = /^import \{[^}]*\} from "(\.[^"]+)";\n/gm;

/**
 * The source of a program in one piece, as the compiler takes it: every file that it imports, directly or not, once and before
 * what imports it. All files share one scope, so their names have to differ.
 * @param entry - the file with `main`.
 */
export async function readSource(entry: URL): Promise<string> {
  const seen = new Set<string>();
  const pieces: string[] = [];
  const add = async (file: URL): Promise<void> => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const text = await readFile(file, "utf8");
    for (const [, path = ""] of text.matchAll(IMPORT)) await add(new URL(`${path}.ts`, file));
    pieces.push(text.replaceAll(IMPORT, ""));
  };
  await add(entry);
  return pieces.join("\n");
}
