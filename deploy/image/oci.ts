/** Layers, and the layout that the Open Container Initiative gives images: https://github.com/opencontainers/image-spec. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Architecture } from "./base.ts";
import { run } from "./run.ts";

const TYPE = "application/vnd.oci.image";

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

export interface Layer extends Descriptor {
  /** Of the archive before it is compressed. */
  diffId: string;
}

export interface Image extends Descriptor {
  platform: object;
  /** Where in the layout Docker's older store finds what it consists of. */
  saved: { Config: string; Layers: string[] };
}

export interface ImageConfig {
  architecture: Architecture;
  created: string;
  config: Record<string, unknown>;
}

function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Writes blobs by their hash. */
export class Layout {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin(): Promise<void> {
    await mkdir(join(this.#folder, "blobs/sha256"), { recursive: true });
    await writeFile(join(this.#folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }

  async blob(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const hash = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(this.#folder, "blobs/sha256", hash), bytes);
    return { mediaType, digest: `sha256:${hash}`, size: bytes.byteLength };
  }

  /** A layer of a folder's content: sorted, of one time, everything the given user's. */
  async layer(
    folder: string,
    { seconds, owner = 0 }: { seconds: number; owner?: number },
  ): Promise<Layer> {
    const archive = `${folder}.tar`;
    run("tar", [
      ...[
        "--create",
        "--file",
        archive,
        "--directory",
        folder,
        "--sort=name",
        `--mtime=@${seconds}`,
      ],
      ...["--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"],
      ...["--numeric-owner", `--owner=${owner}`, `--group=${owner}`, "--hard-dereference", "."],
    ]);
    const bytes = await readFile(archive);
    const diffId = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    return {
      ...(await this.blob(`${TYPE}.layer.v1.tar+gzip`, gzipSync(bytes, { level: 6 }))),
      diffId,
    };
  }

  async image(
    layers: readonly Layer[],
    { architecture, created, config }: ImageConfig,
  ): Promise<Image> {
    const platform = { architecture, os: "linux" };
    const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
    const history = layers.map(() => ({ created, created_by: "deploy/image/build.ts" }));
    const described = await this.#json(`${TYPE}.config.v1+json`, {
      created,
      ...platform,
      config,
      rootfs,
      history,
    });
    const manifest = {
      ...{ schemaVersion: 2, mediaType: `${TYPE}.manifest.v1+json`, config: described },
      layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    };
    const saved = { Config: pathOf(described), Layers: layers.map(pathOf) };
    return { ...(await this.#json(manifest.mediaType, manifest)), platform, saved };
  }

  /** Names the images: one entry, for as many machines as there are images. */
  async end(images: readonly Image[], name: string): Promise<void> {
    const mediaType = `${TYPE}.index.v1+json`;
    const manifests = images.map(({ saved: _, ...described }) => described);
    const index = await this.#json(mediaType, { schemaVersion: 2, mediaType, manifests });
    const annotations = {
      "org.opencontainers.image.ref.name": name,
      // Docker with containerd's store takes the name as it stands, and looks for the whole one.
      "io.containerd.image.name": `docker.io/library/${name}`,
    };
    const entry = { schemaVersion: 2, mediaType, manifests: [{ ...index, annotations }] };
    await writeFile(join(this.#folder, "index.json"), JSON.stringify(entry));
    // Docker with a store of its own reads this file and no index. It has no word for several machines: the first image is the one.
    const saved = images.slice(0, 1).map((image) => ({ ...image.saved, RepoTags: [name] }));
    await writeFile(join(this.#folder, "manifest.json"), JSON.stringify(saved));
  }

  async #json(mediaType: string, value: object): Promise<Descriptor> {
    return this.blob(mediaType, Buffer.from(JSON.stringify(value)));
  }
}
