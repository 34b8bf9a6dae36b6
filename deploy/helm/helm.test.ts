import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service } from "kubernetes-models/v1";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { nodeOptions } from "../../worker/src/config/nodeOptions.ts";
import { metricTree } from "../../worker/src/observe/metricTree.ts";
import { series } from "../monitoring/expressions.ts";
import { unknownNames } from "../monitoring/faults.ts";
import { everything, oneRegion, rpc } from "./chartValues.ts";

const chart = fileURLToPath(new URL("assay", import.meta.url));
/** Helm is `go install helm.sh/helm/v3/cmd/helm@v3.22.0`; without it nothing of the chart can be tested. */
const hasHelm = spawnSync("helm", ["version"]).status === 0;
const KUBERNETES = "1.33.0";

interface Resource {
  kind: string;
  metadata: { name: string };
}
/** By kind, what checks one against Kubernetes' own description of it. */
const KINDS = { HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service, StatefulSet };

describe.runIf(hasHelm)("the chart", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-helm-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function helm(values: object, ...command: string[]) {
    const file = join(folder, "values.yaml");
    await writeFile(file, stringify(values));
    return spawnSync("helm", [...command, chart, "--values", file, "--kube-version", KUBERNETES], {
      encoding: "utf8",
    });
  }

  async function rendered(values: object): Promise<Resource[]> {
    const { status, stdout, stderr } = await helm(values, "template", "net");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return parseAllDocuments(stdout)
      .map((document) => document.toJS())
      .filter(Boolean);
  }

  const sets = (resources: Resource[]) =>
    resources.filter((one): one is Resource & StatefulSet => one.kind === "StatefulSet");
  const environmentOf = (set: StatefulSet | undefined) =>
    Object.fromEntries(
      (set?.spec?.template.spec?.containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
    );

  test.each([
    ["one region", oneRegion],
    ["everything", everything],
  ])("with %s is what Kubernetes takes", async (_, values) => {
    expect((await helm(values, "lint", "--strict")).status).toBe(0);
    const resources = await rendered(values);
    expect(resources.length).toBeGreaterThan(4);
    for (const resource of resources) {
      const Kind = KINDS[resource.kind as keyof typeof KINDS];
      expect(() => new Kind(resource as never).validate(), resource.metadata.name).not.toThrow();
    }
    // The check does see what is wrong.
    const [first] = sets(resources);
    expect(() =>
      new StatefulSet({ ...first, spec: { replicas: "two" } } as never).validate(),
    ).toThrow();
  });

  test("takes the values that docs/containers.md shows", async () => {
    const page = await readFile(new URL("../../docs/containers.md", import.meta.url), "utf8");
    const [, values = ""] = /```yaml\n(chain:[^`]*)```/.exec(page) ?? [];
    const names = sets(await rendered(parse(values))).map(({ metadata }) => metadata.name);
    expect(names).toEqual(["net-assay-bootstrap", "net-assay-worker-eu", "net-assay-worker-us"]);
  });

  test("has a set for each role and region, found by the headless service", async () => {
    const resources = await rendered({
      ...everything,
      network: { bootstrap: ["/dnsaddr/net.example"] },
    });
    const names = sets(resources).map(({ metadata }) => metadata.name);
    expect(names).toEqual([
      "net-assay-bootstrap",
      "net-assay-relay",
      "net-assay-worker-eu",
      "net-assay-worker-us",
    ]);
    const service = resources.find((one): one is Resource & Service => one.kind === "Service");
    expect(service?.spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    for (const set of sets(resources)) {
      const { ASSAY_BOOTSTRAP } = environmentOf(set);
      expect(ASSAY_BOOTSTRAP).toBe(
        `/dns4/${service?.metadata?.name}.default.svc/tcp/4001,/dnsaddr/net.example`,
      );
      expect(set.spec?.serviceName).toBe(service?.metadata?.name);
      expect(set.spec?.template.metadata?.labels).toMatchObject(service?.spec?.selector ?? {});
    }
    const [, , eu, us] = sets(resources);
    expect(environmentOf(eu)).toMatchObject({
      ASSAY_TAG: "region:eu,gpu",
      ASSAY_KEY_FILE: "/keys/$(POD_NAME)",
    });
    expect(us?.spec?.template.spec?.volumes).toContainEqual(
      expect.objectContaining({ secret: { secretName: "us-keys", defaultMode: 0o400 } }),
    );
  });

  test("enters a public network by the peers that are named", async () => {
    for (const set of sets(await rendered(everything))) {
      expect(environmentOf(set)).toMatchObject({
        ...{ ASSAY_NETWORK: "public", ASSAY_BOOTSTRAP: "/dnsaddr/net.example" },
        ASSAY_SWARM_KEY: "/swarm/swarm.key",
      });
    }
  });

  test("gives nodes options that they have, and scales by metrics that they have", async () => {
    const resources = await rendered(everything);
    const known = Object.keys(nodeOptions).map(
      (name) => `ASSAY_${name.toUpperCase().replaceAll("-", "_")}`,
    );
    for (const set of sets(resources)) {
      const own = Object.keys(environmentOf(set)).filter((name) => name !== "POD_NAME");
      expect(own.filter((name) => !known.includes(name))).toEqual([]);
    }
    const scalers = resources.filter(
      (one): one is Resource & HorizontalPodAutoscaler => one.kind === "HorizontalPodAutoscaler",
    );
    expect(scalers).toHaveLength(2);
    const metrics = scalers
      .flatMap(({ spec }) => spec?.metrics ?? [])
      .map(({ pods }) => pods?.metric);
    const { batches, jobs } = metricTree;
    const asked = metrics.map(
      (metric) => `${metric?.name}{state="${metric?.selector?.matchLabels?.state}"}`,
    );
    expect(asked.slice(0, 2)).toEqual([
      series(batches.known, { state: "claimed" }),
      series(jobs.known, { state: "tried" }),
    ]);
    expect(asked.flatMap(unknownNames)).toEqual([]);
  });

  test("lets a worker finish: its drain ends before its time does", async () => {
    for (const set of sets(await rendered(oneRegion))) {
      const { terminationGracePeriodSeconds = 0, containers = [] } = set.spec?.template.spec ?? {};
      const drain = Number(/^(\d+)s$/.exec(environmentOf(set).ASSAY_DRAIN_TIMEOUT ?? "0s")?.[1]);
      expect(terminationGracePeriodSeconds).toBeGreaterThan(drain + 30);
      expect(containers[0]?.lifecycle?.preStop?.exec?.command?.slice(-2)).toEqual([
        "worker",
        "drain",
      ]);
    }
  });

  test.each([
    [{ chain: { rpc } }, "worker.keySecret names no secret"],
    [{ ...oneRegion, network: { kind: "public" } }, "network.bootstrap names nobody"],
    [{ worker: { keySecret: "keys" } }, "chain.rpc names no endpoint"],
    [{ ...oneRegion, wroker: {} }, "additional properties 'wroker' not allowed"],
    [{ ...oneRegion, chain: { rpc, proof: "0x12" } }, "chain/proof"],
    [{ ...oneRegion, worker: { regions: [{ name: "EU", replicas: 1 }] } }, "worker/regions/0/name"],
  ])("says what is wrong with %j", async (values, said) => {
    const { status, stderr } = await helm(values, "template", "net");
    expect(status).not.toBe(0);
    expect(stderr).toContain(said);
  });
});
