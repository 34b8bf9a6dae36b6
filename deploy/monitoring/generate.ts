/** Writes docs/monitoring, and the table of alerts in docs/operating.md: `node deploy/monitoring/generate.ts`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dashboardFile, dashboards, rulesFile, withAlertTable } from "./files.ts";

const docs = new URL("../../docs/", import.meta.url);
const page = new URL("operating.md", docs);
const folder = new URL("monitoring/", docs);

await mkdir(new URL("dashboards/", folder), { recursive: true });
await writeFile(new URL("alerts.yaml", folder), rulesFile());
for (const [name, dashboard] of Object.entries(dashboards())) {
  await writeFile(new URL(`dashboards/${name}`, folder), dashboardFile(dashboard));
}
await writeFile(page, withAlertTable(await readFile(page, "utf8")));
