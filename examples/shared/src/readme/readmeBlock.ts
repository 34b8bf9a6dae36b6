import { readFile, writeFile } from "node:fs/promises";

/** A block of code, or what stands before `<!-- end -->`. */
const patternOf = (name: string) =>
  new RegExp(`(<!-- generated: ${name} -->\n(?:\`\`\`)?\n)([^]*?)(\n(?:\`\`\`|\n<!-- end -->)\n)`);

/** What a README has in the block that begins with `<!-- generated: NAME -->`. */
export function blockOf(readme: string, name: string): string {
  return patternOf(name).exec(readme)?.[2] ?? "";
}

/** Writes a text into that block. */
export async function writeBlock(path: string, name: string, text: string): Promise<void> {
  const readme = await readFile(path, "utf8");
  const written = readme.replace(patternOf(name), (_, head, __, foot) => `${head}${text}${foot}`);
  await writeFile(path, written);
}
