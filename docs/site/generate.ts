import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, type ProjectReflection } from "typedoc";
import { commandsPage } from "./commandsPage.ts";
import { errorsPage } from "./errorsPage.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const reference = join(root, "docs/reference");

/** What people import. */
const entries = [
  ...["sdk/src/index.ts", "sdk/src/protocol/index.ts", "sdk/src/program/index.ts"],
  ...["sdk/src/compile/index.ts", "cli/src/index.ts", "network/src/index.ts"],
  ...["runners/src/index.ts", "queue/src/index.ts", "pipelines/src/index.ts"],
];

/** Writes the pages that follow from the code: commands, errors, and the API of each package. */
export async function generatePages(): Promise<void> {
  await rm(reference, { recursive: true, force: true });
  await mkdir(reference, { recursive: true });
  await writeFile(join(reference, "cli.md"), await commandsPage());
  const { application, project } = await convert();
  await writeFile(join(reference, "errors.md"), errorsPage(project));
  await application.generateOutputs(project);
}

async function convert(): Promise<{ application: Application; project: ProjectReflection }> {
  const application = await Application.bootstrapWithPlugins({
    entryPoints: entries.map((path) => join(root, path)),
    tsconfig: join(root, "tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    outputs: [{ name: "markdown", path: join(reference, "api") }],
    readme: "none",
    disableSources: true,
    excludeInternal: true,
    excludeExternals: true,
    hideGenerator: true,
    skipErrorChecking: true, // `npm test` has the types checked by the compiler that the project is written for
    treatWarningsAsErrors: false,
    logLevel: "Error",
  });
  const project = await application.convert();
  if (project === undefined) throw new Error("The API could not be read: run `npm test` first.");
  return { application, project };
}
