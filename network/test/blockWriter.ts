/** Stores blocks in the folder that it is given until it is killed, and prints the CID of each. */
import { randomBytes } from "node:crypto";
import { createFilesContent, openFileBlocks } from "../src/content/backends/filesContent.ts";

const [folder = ""] = process.argv.slice(2);
const content = createFilesContent(await openFileBlocks(folder));
for (let i = 0; ; i++) {
  const cid = await content.put(new Uint8Array(randomBytes(i % 2 === 0 ? 1_000 : 200_000)));
  process.stdout.write(`${cid}\n`);
  if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}
