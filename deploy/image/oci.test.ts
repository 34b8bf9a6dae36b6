import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Layout } from "./oci.ts";

test("a layout says what Docker looks for, whichever store it has", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-layout-"));
  try {
    await mkdir(join(folder, "content"));
    await writeFile(join(folder, "content/file"), "of the image");
    const layout = new Layout(join(folder, "layout"));
    await layout.begin();
    const layer = await layout.layer(join(folder, "content"), { seconds: 0 });
    const about = { created: new Date(0).toISOString(), config: {} };
    const images = [
      await layout.image([layer], { ...about, architecture: "amd64" }),
      await layout.image([layer], { ...about, architecture: "arm64" }),
    ];
    await layout.end(images, "name:1.2.3");

    const read = async (path: string) =>
      JSON.parse(await readFile(join(folder, "layout", path), "utf8"));
    const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(":", "/")}`;
    const [named, ...others] = (await read("index.json")).manifests;
    expect(others).toEqual([]);
    expect(named.annotations).toEqual({
      "org.opencontainers.image.ref.name": "name:1.2.3",
      "io.containerd.image.name": "docker.io/library/name:1.2.3",
    });
    const { manifests } = await read(blob(named));
    expect(manifests.map((one: { platform: object }) => one.platform)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
    expect(Object.keys(manifests[0]).toSorted()).toEqual([
      ...["digest", "mediaType", "platform", "size"],
    ]);

    const [saved, ...more] = await read("manifest.json");
    expect(more).toEqual([]);
    expect(saved.RepoTags).toEqual(["name:1.2.3"]);
    expect(await read(saved.Config)).toMatchObject({ architecture: "amd64" });
    expect(saved.Layers).toEqual([blob(layer)]);
    expect((await stat(join(folder, "layout", saved.Layers[0]))).size).toBe(layer.size);
  } finally {
    await rm(folder, { recursive: true });
  }
});
