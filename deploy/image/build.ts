/**
 * Builds the image without a container engine: `node deploy/image/build.ts [amd64] [arm64]`. It writes an OCI layout, `out/image/layout`, and
 * the same as an archive, `out/image/assay.oci.tar`, which `docker load`, `podman load` and `skopeo copy` read. The same commit gives the same
 * bytes. Needs npm, apt-get, dpkg-deb and GNU tar. Last line: JSON with the digest and the compressed bytes of each architecture.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../cli/package.json" with { type: "json" };
import { packAll } from "../../packaging/packAll.ts";
import { PACKAGES } from "../../packaging/packages.ts";
import { layApp, type Tarballs } from "./app.ts";
import { type Architecture, baseComponents, layBase, UID } from "./base.ts";
import { type Layer, Layout } from "./oci.ts";
import { run } from "./run.ts";

const METRICS_PORT = 9_464;
const P2P_PORT = 4_001;
/** Whether the node's process lives, asked of itself. */
const HEALTH = `fetch("http://127.0.0.1:${METRICS_PORT}/health").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;

export interface Built {
  architecture: Architecture;
  digest: string;
  /** Of all layers, compressed. */
  bytes: number;
}

function configOf(revision: string): Record<string, unknown> {
  return {
    User: `${UID}:${UID}`,
    Env: [
      "PATH=/usr/local/bin:/usr/bin",
      "NODE_ENV=production",
      "ASSAY_DATA_DIR=/data",
      `ASSAY_METRICS_LISTEN=0.0.0.0:${METRICS_PORT}`,
      `ASSAY_LISTEN=/ip4/0.0.0.0/tcp/${P2P_PORT}`,
      // What is compiled once is kept in the volume: the root may be read-only.
      "XDG_CACHE_HOME=/data/.cache",
    ],
    // tini passes signals on, and buries what the node leaves behind.
    Entrypoint: [
      "/usr/bin/tini",
      "--",
      "/usr/local/bin/node",
      "/app/node_modules/assay/dist/main.mjs",
    ],
    Cmd: ["worker", "start", "--json"],
    WorkingDir: "/data",
    Volumes: { "/data": {} },
    ExposedPorts: { [`${P2P_PORT}/tcp`]: {}, [`${METRICS_PORT}/tcp`]: {} },
    StopSignal: "SIGTERM",
    // Docker's own; Kubernetes asks /health itself. Times are nanoseconds.
    Healthcheck: {
      Test: ["CMD", "/usr/local/bin/node", "-e", HEALTH],
      Interval: 30e9,
      Timeout: 5e9,
      StartPeriod: 60e9,
    },
    Labels: {
      "org.opencontainers.image.title": "Assay",
      "org.opencontainers.image.description": manifest.description,
      "org.opencontainers.image.licenses": manifest.license,
      "org.opencontainers.image.version": manifest.version,
      "org.opencontainers.image.revision": revision,
    },
  };
}

/** Assay itself, for the bill of materials. */
function ownComponents(): object[] {
  const { version, license } = manifest;
  return PACKAGES.map((folder) => {
    const name = folder === "cli" ? "assay" : `@assay/${folder}`;
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return { type: "application", name, version, purl, licenses: [{ expression: license }] };
  });
}

/** Builds the images of a commit. @param out - the folder that gets the layout, emptied first. */
export async function buildImage(
  architectures: readonly Architecture[],
  { repository, out, tarballs }: { repository: string; out: string; tarballs: Tarballs },
): Promise<Built[]> {
  await rm(out, { recursive: true, force: true });
  const work = join(out, "work");
  const layout = new Layout(join(out, "layout"));
  await layout.begin();
  const [revision = "", time = "0"] = run("git", ["log", "-1", "--format=%H %ct"], {
    cwd: repository,
  })
    .trim()
    .split(" ");
  const seconds = Number(time);
  const created = new Date(1_000 * seconds).toISOString();
  const images = [];
  const built: Built[] = [];
  for (const architecture of architectures) {
    const folder = (name: string) => join(work, architecture, name);
    await layBase(folder("base"), { architecture, work });
    const brought = await layApp(folder("app"), { architecture, work, tarballs });
    const components = [...baseComponents(architecture), ...ownComponents(), ...brought];
    const bill = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components };
    await writeFile(join(folder("app"), "app/sbom.cdx.json"), `${JSON.stringify(bill, null, 1)}\n`);
    await writeFile(
      join(out, `sbom-${architecture}.cdx.json`),
      `${JSON.stringify(bill, null, 1)}\n`,
    );
    for (const path of ["data", "tmp"]) await mkdir(join(folder("own"), path), { recursive: true });
    const layers: Layer[] = [
      await layout.layer(folder("base"), { seconds }),
      await layout.layer(folder("app"), { seconds }),
      await layout.layer(folder("own"), { seconds, owner: UID }),
    ];
    const image = await layout.image(layers, { architecture, created, config: configOf(revision) });
    images.push(image);
    const bytes = layers.reduce((sum, { size }) => sum + size, 0);
    built.push({ architecture, digest: image.digest, bytes });
  }
  await layout.end(images, `assay:${manifest.version}`);
  await rm(work, { recursive: true });
  run("tar", [
    "--create",
    "--file",
    join(out, "assay.oci.tar"),
    "--directory",
    join(out, "layout"),
    "--sort=name",
    `--mtime=@${seconds}`,
    "--numeric-owner",
    "--owner=0",
    "--group=0",
    ".",
  ]);
  return built;
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const known: readonly Architecture[] = ["amd64", "arm64"];
  const unknown = asked.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined)
    throw new Error(`${unknown} is no architecture of the image: name ${known.join(" or ")}`);
  const repository = fileURLToPath(new URL("../..", import.meta.url));
  const architectures = asked.length === 0 ? known : known.filter((one) => asked.includes(one));
  const options = { repository, out: join(repository, "out/image"), tarballs: await packAll() };
  process.stdout.write(`${JSON.stringify(await buildImage(architectures, options))}\n`);
}
