import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, type ProjectReflection } from "typedoc";
import { commandsPage } from "./commandsPage.ts";
import { errorsPage } from "./errorsPage.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const reference = join(root, "docs/reference");

/** What people import, by the name under which they do. */
const entries = {
  "@assay/sdk": "sdk/src/index.ts",
  "@assay/sdk/protocol": "sdk/src/protocol/index.ts",
  "@assay/sdk/program": "sdk/src/program/index.ts",
  "@assay/sdk/compile": "sdk/src/compile/index.ts",
  assay: "cli/src/index.ts",
  "@assay/network": "network/src/index.ts",
  "@assay/runners": "runners/src/index.ts",
  "@assay/queue": "queue/src/index.ts",
};

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
    entryPoints: Object.values(entries).map((path) => join(root, path)),
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
  for (const module of project.children ?? []) {
    const entry = Object.entries(entries).find(([, path]) =>
      module.sources?.some(({ fullFileName }) => fullFileName === join(root, path)),
    );
    if (entry !== undefined) module.name = entry[0];
  }
  return { application, project };
}
