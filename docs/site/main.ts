/** `npm run docs` builds the site into `out/docs`; `npm run docs -- dev` serves it and follows changes. */
import { fileURLToPath } from "node:url";
import { build, createServer } from "vitepress";
import { generatePages } from "./generate.ts";

const docs = fileURLToPath(new URL("..", import.meta.url));
const [verb = "build"] = process.argv.slice(2);

if (verb !== "build" && verb !== "dev") {
  process.stderr.write(
    `There is no "${verb}": give nothing to build the site, or dev to see it.\n`,
  );
  process.exit(2);
}
await generatePages();
if (verb === "build") {
  await build(docs);
  process.stdout.write("out/docs/index.html\n");
} else {
  const server = await createServer(docs);
  await server.listen();
  server.printUrls();
}
