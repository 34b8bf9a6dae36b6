import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type ApiServer, hasApiServer, startApiServer } from "./apiServer.ts";
import { everything, oneRegion } from "./chartValues.ts";

const chart = fileURLToPath(new URL("assay", import.meta.url));
const hasHelm = spawnSync("helm", ["version"]).status === 0;
const isPossible = hasHelm && hasApiServer;

interface Resource {
  metadata: { name: string };
}
interface Set extends Resource {
  spec: {
    replicas: number;
    volumeClaimTemplates: Resource[];
    template: { metadata: object; spec: { volumes?: object[] } };
  };
}

describe("an API server of Kubernetes", () => {
  let server: ApiServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-chart-"));
    if (isPossible) server = await startApiServer();
  });
  beforeEach((context) => {
    if (!isPossible) context.skip("helm, kube-apiserver or etcd is not on the PATH");
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function helm(command: string, name: string, values?: object) {
    const file = join(folder, `${name}.yaml`);
    if (values !== undefined) await writeFile(file, stringify(values));
    const options = values === undefined ? [] : [chart, "--values", file];
    // Helm keeps what it knows of an API server in a folder.
    const env = { ...process.env, KUBECONFIG: server.kubeconfig, HELM_CACHE_HOME: folder };
    return spawnSync("helm", [command, name, ...options], { encoding: "utf8", env });
  }

  async function all<Item = Resource>(path: string): Promise<Item[]> {
    const { items } = (await server.ask(path)) as { items: Item[] };
    return items;
  }
  const sets = () => all<Set>("/apis/apps/v1/namespaces/default/statefulsets");
  const namesOf = (resources: Resource[]) => resources.map(({ metadata }) => metadata.name);

  /** A set is taken whatever most of its pods' description says: what says no to it is the making of a pod. */
  const tryPod = ({ metadata: { name }, spec }: Set) => {
    const claims = spec.volumeClaimTemplates.map(({ metadata: { name } }) => ({
      name,
      persistentVolumeClaim: { claimName: name },
    }));
    const { metadata, spec: pod } = spec.template;
    return server.ask("/api/v1/namespaces/default/pods?dryRun=All", {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: `${name}-0` } },
      spec: { ...pod, volumes: [...(pod.volumes ?? []), ...claims] },
    });
  };

  test.each([
    ["one", oneRegion, ["one-assay-bootstrap", "one-assay-worker-default"]],
    [
      "all",
      everything,
      ["all-assay-bootstrap", "all-assay-relay", "all-assay-worker-eu", "all-assay-worker-us"],
    ],
  ])(
    "takes the chart as %s, an upgrade of it, and gives it back",
    async (name, values, expected) => {
      const installed = await helm("install", name, values);
      expect(installed.stderr).toBe("");
      expect(installed.status).toBe(0);
      const taken = await sets();
      expect(namesOf(taken)).toEqual(expected);
      for (const set of taken) expect(await tryPod(set)).toMatchObject({ kind: "Pod" });
      for (const path of [
        "/api/v1/namespaces/default/services",
        "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
        "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
      ]) {
        expect(namesOf(await all(path)).join(), path).toContain(`${name}-assay`);
      }
      const fewer = { ...values, bootstrap: { replicas: 1 } };
      expect((await helm("upgrade", name, fewer)).stderr).toBe("");
      const [bootstrap] = await sets();
      expect(bootstrap?.spec.replicas).toBe(1);
      expect((await helm("uninstall", name)).stderr).toBe("");
      expect(await sets()).toEqual([]);
    },
  );

  test("refuses what the chart itself cannot know to be wrong", async () => {
    const installWith = (worker: object) =>
      helm("install", "wrong", { ...oneRegion, worker: { ...oneRegion.worker, ...worker } });
    const { status, stderr } = await installWith({ storage: "much" });
    expect(status).not.toBe(0);
    expect(stderr).toContain("quantities must match");
    await helm("uninstall", "wrong");
    const tolerations = [{ operator: "Perhaps" }];
    await installWith({ regions: [{ name: "eu", replicas: 1, tolerations }] });
    const set = (await sets()).find(({ metadata }) => metadata.name === "wrong-assay-worker-eu");
    if (set === undefined) throw new Error("the set is taken");
    await expect(tryPod(set)).rejects.toThrow("Perhaps");
  });
});
