import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UID } from "./base.ts";
import { run } from "./run.ts";

interface RuntimeConfig {
  process: { terminal: boolean; args: string[]; env: string[] };
  root: { path: string; readonly?: boolean };
  mounts: { destination: string; type: string; source: string; options?: string[] }[];
  linux: { namespaces: { type: string }[] };
}

/**
 * Unpacks an image by `umoci` into a bundle for an OCI runtime: with a read-only root, a folder of this machine as its volume, and this
 * machine's network, as a test on loopback needs it.
 * @param argv - of the `assay` command.
 */
export async function makeBundle(
  bundle: string,
  {
    image,
    data,
    argv,
    environment,
  }: { image: string; data: string; argv: readonly string[]; environment: Record<string, string> },
): Promise<void> {
  run("umoci", ["unpack", "--image", image, bundle]);
  await mkdir(data, { recursive: true });
  await chown(data, UID, UID);
  const file = join(bundle, "config.json");
  const config: RuntimeConfig = JSON.parse(await readFile(file, "utf8"));
  const { args, env } = config.process;
  const entry = args.slice(0, args.indexOf("worker"));
  config.process.terminal = false;
  config.process.args = [...entry, ...argv];
  config.process.env = [
    ...env,
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
  config.root.readonly = true;
  config.mounts = [
    ...config.mounts.filter(
      ({ destination, type }) => destination !== "/data" && type !== "cgroup" && type !== "sysfs",
    ),
    { destination: "/data", type: "bind", source: data, options: ["rbind", "rw"] },
    {
      destination: "/tmp",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "nodev", "mode=1777"],
    },
  ];
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "network");
  await writeFile(file, JSON.stringify(config));
}
