/** What is below Assay in the image: C and C++ libraries and tini from Debian, Node from npm, and the files that name the user. */
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import workspace from "../../package.json" with { type: "json" };
import pins from "./pins.json" with { type: "json" };
import { run } from "./run.ts";

export type Architecture = "amd64" | "arm64";
/** The same, as npm calls them. */
export const CPU = { amd64: "x64", arm64: "arm64" } as const;
/** Of the user that everything runs as. */
export const UID = 10_001;
export const NODE_VERSION = workspace.devDependencies.node;

/** What no node reads: manuals, and the converters of character sets. */
const NOT_NEEDED = [
  "usr/share/doc-base",
  "usr/share/lintian",
  "usr/share/man",
  "usr/bin/tini-static",
];
const FILES = {
  "etc/passwd": `root:x:0:0:root:/:/nologin\nassay:x:${UID}:${UID}:Assay:/data:/nologin\n`,
  "etc/group": `root:x:0:\nassay:x:${UID}:\n`,
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

/** Puts the base together in a folder. */
export async function layBase(
  root: string,
  { architecture, work }: { architecture: Architecture; work: string },
): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const deb of await debs(architecture, work)) run("dpkg-deb", ["--extract", deb, root]);
  for (const path of NOT_NEEDED) await rm(join(root, path), { recursive: true, force: true });
  const libraries = architecture === "amd64" ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
  for (const part of ["gconv", "audit"]) {
    await rm(join(root, "usr/lib", libraries, part), { recursive: true, force: true });
  }
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  const node = join(root, "usr/local/bin/node");
  await copyFile(join(await nodePackage(architecture, work), "bin/node"), node);
  await chmod(node, 0o755);
  await mkdir(join(root, "etc"), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) await writeFile(join(root, path), text);
}

/** Downloads the pinned packages by apt, with a state of its own: the machine's is left alone, and need not be of that architecture. */
async function debs(architecture: Architecture, work: string): Promise<string[]> {
  const state = join(work, `apt-${architecture}`);
  for (const folder of ["lists/partial", "archives/partial", "debs"]) {
    await mkdir(join(state, folder), { recursive: true });
  }
  await writeFile(join(state, "status"), "");
  const options = Object.entries({
    "Dir::State": state,
    "Dir::State::lists": join(state, "lists"),
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": state,
    "Dir::Etc::sourceparts": "-",
    "Dir::Etc::sourcelist": join(state, "sources.list"),
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "",
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  await writeFile(
    join(state, "sources.list"),
    [
      `deb ${signed} http://deb.debian.org/debian bookworm main`,
      `deb ${signed} http://deb.debian.org/debian-security bookworm-security main`,
      "",
    ].join("\n"),
  );
  run("apt-get", [...options, "update"]);
  const folder = join(state, "debs");
  run(
    "apt-get",
    [...options, "download", ...pins.debian.map(({ name, version }) => `${name}=${version}`)],
    { cwd: folder },
  );
  return Promise.all(
    pins.debian.map(async ({ name, version, ...hashes }) => {
      const file = join(folder, `${name}_${version.replaceAll(":", "%3a")}_${architecture}.deb`);
      const hash = createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
      if (hash !== hashes[architecture]) {
        throw new Error(
          `${name} ${version} for ${architecture} has the hash ${hash}: look at it, and put it into deploy/image/pins.json`,
        );
      }
      return file;
    }),
  );
}

/** Node's binary as npm has it, for any architecture. */
async function nodePackage(architecture: Architecture, work: string): Promise<string> {
  const folder = join(work, `node-${architecture}`);
  await mkdir(folder, { recursive: true });
  const name = `node-linux-${CPU[architecture]}@${NODE_VERSION}`;
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--pack-destination", folder, name]),
  ) as [{ filename: string; integrity: string }];
  if (packed.integrity !== pins.node[architecture]) {
    throw new Error(
      `${name} has the integrity ${packed.integrity}: look at it, and put it into deploy/image/pins.json`,
    );
  }
  run("tar", ["-xzf", join(folder, packed.filename), "-C", folder]);
  return join(folder, "package");
}

/** What the base consists of, for the bill of materials. */
export function baseComponents(architecture: Architecture): object[] {
  return [
    ...pins.debian.map(({ name, version, ...hashes }) => ({
      ...{ type: "library", name, version },
      purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
      hashes: [{ alg: "SHA-256", content: hashes[architecture] }],
    })),
    {
      type: "application",
      name: "node",
      version: NODE_VERSION,
      purl: `pkg:npm/node-linux-${CPU[architecture]}@${NODE_VERSION}`,
    },
  ];
}
