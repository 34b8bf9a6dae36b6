import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { variableOf } from "./definition.ts";
import { strayVariables } from "./environment.ts";
import { loadOptions } from "./loadOptions.ts";
import { nearest } from "./nearest.ts";
import { nodeOptions } from "./nodeOptions.ts";
import { shownOptions } from "./show.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "assay.yaml");
  writeFileSync(path, text);
  return path;
}

const load = (text: string, argv: string[] = [], environment: NodeJS.ProcessEnv = {}) =>
  loadOptions(nodeOptions, ["--config", file(text), ...argv], environment);

describe("a value comes from the first that has one", () => {
  const yaml = "policy:\n  stake: 3\n";
  test.each([
    [["--stake", "1"], { ASSAY_STAKE: "2" }, yaml, 1n, "flag"],
    [[], { ASSAY_STAKE: "2" }, yaml, 2n, "environment"],
    [[], {}, yaml, 3n, "file"],
    [[], { ASSAY_STAKE: "" }, yaml, 3n, "file"],
    [[], {}, "", undefined, "default"],
  ] as const)("%j %j", (argv, environment, text, ether, kind) => {
    const { values, resolved } = load(text, [...argv], environment);
    expect(values.stake).toBe(ether === undefined ? undefined : ether * 10n ** 18n);
    expect(resolved.find(({ name }) => name === "stake")).toMatchObject({ kind });
  });

  test("the file's path may come from the environment", () => {
    const environment = { ASSAY_CONFIG: file("policy: { batchesAtOnce: 7 }") };
    expect(loadOptions(nodeOptions, [], environment).values.batchesAtOnce).toBe(7);
  });

  test("a flag can take back what the file says", () => {
    expect(load("p2p: { mdns: true }").values.mdns).toBe(true);
    expect(load("p2p: { mdns: true }", ["--no-mdns"]).values.mdns).toBe(false);
  });

  test("lists are lists, or one value, or between commas", () => {
    const listen = ["/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4002/ws"];
    expect(load(`p2p: { listen: [${listen.join(", ")}] }`).values.listen).toEqual(listen);
    expect(load(`p2p: { listen: "${listen.join(", ")}" }`).values.listen).toEqual(listen);
    expect(load(`p2p: { listen: ${listen[0]} }`).values.listen).toEqual([listen[0]]);
    expect(load("", [], { ASSAY_LISTEN: listen.join(",") }).values.listen).toEqual(listen);
    expect(load("node: { roles: [bootstrap, relay, worker] }").values.roles).toEqual([
      "bootstrap",
      "relay",
      "worker",
    ]);
    expect(load("node: { roles: [worker, relay] }").values.roles).toEqual(["worker", "relay"]);
  });
});

test("scalars are what was written: neither floats nor hexadecimal numbers", () => {
  const { values } = load(`
chain:
  marketplace: 0x00000000000000000000000000000000000000A5
policy:
  stake: 0.000000000000000001
  minReward: 1000wei
`);
  expect(values.marketplace).toBe("0x00000000000000000000000000000000000000A5");
  expect(values).toMatchObject({ stake: 1n, minReward: 1_000n });
});

test("peers are entered by name too, and relays are named with their peer ids", () => {
  const id = "12D3KooWDCymEFDaUvXJ4Pz8VGDkUZAVsyPKZcTKAy2iYYqpKFmC";
  const names = ["/dnsaddr/net.example", "/dns4/peers.example/tcp/4001"];
  expect(load(`p2p: { bootstrap: [${names.join(", ")}] }`).values.bootstrap).toEqual(names);
  const bare = "/ip4/192.0.2.1/tcp/4001";
  expect(() => load(`p2p: { bootstrap: ${bare} }`)).toThrow("has to end in /p2p/<peer id>");
  expect(() => load(`p2p: { relays: ${bare} }`)).toThrow("has to end in /p2p/<peer id>");
  const { values } = load(`p2p: { relays: ${bare}/p2p/${id}, upnp: true, swarmKey: swarm.key }`);
  expect(values.relay).toEqual([`${bare}/p2p/${id}`]);
  expect(values).toMatchObject({ upnp: true, swarmKey: "swarm.key" });
});

test("rules of tags name a program, a requester or anybody", () => {
  const cid = "bafkr4ihrwuj4pzvaxhzxhkcoshvxsbvbx2fqhmcpeihpjxbqvzjpjqv2zq";
  const address = "0x00000000000000000000000000000000000000A5";
  const rule = (text: string) => load("", ["--tag-rule", text]).values.tagRule;
  expect(rule("gpu@*,gpu+region:eu@0x00000000000000000000000000000000000000a5")).toEqual([
    { tags: ["gpu"] },
    { tags: ["gpu", "region:eu"], requester: address },
  ]);
  expect(() => rule("gpu")).toThrow("--tag-rule gpu: give a rule such as gpu@<program's CID>");
  expect(() => rule(`gpu@${cid}x`)).toThrow("give a CID");
  expect(load("policy: { maxGasShare: any }").values.maxGasShare).toBe(Number.POSITIVE_INFINITY);
});

describe("what is wrong is refused in one line that names the key and the fix", () => {
  test.each([
    ["policy: { minReward: 10 coins }", "policy.minReward 10 coins: give an amount such as 0.5"],
    ["executor: { taskLimit: 10 }", "executor.taskLimit 10: give a duration such as 500ms, 10s"],
    ["node: { diskQuota: 10 }", "node.diskQuota 10: give a size such as 500MB"],
    [
      "policy: { minRewrad: 1 }",
      "there is no key policy.minRewrad: did you mean policy.minReward?",
    ],
    ["p2p: { stake: 1 }", "there is no key p2p.stake: did you mean policy.stake?"],
    ["polcy: { stake: 1 }", "there is no key polcy: did you mean policy?"],
    ["colour: red", "there is no key colour: see assay config show"],
    ["policy: 5", "policy is a section"],
    ["policy: { stake: { ether: 1 } }", "policy.stake is no section"],
    ["policy: { stake: [1, 2] }", "policy.stake takes one value"],
    ["policy: { stake: }", "policy.stake has no value"],
    ["[1, 2]", "the file is a section"],
    ["policy: [", ":1:10 is no valid YAML"],
    ["policy: { stake: 1, stake: 2 }", ":1:21 is no valid YAML: Map keys must be unique"],
    ["content: { backends: [ipfs] }", "content.backends ipfs: give one of helia, kubo, gateway"],
    ["content: { kuboRpc: 127.0.0.1:5001 }", "content.kuboRpc 127.0.0.1:5001: give a URL"],
    ["p2p: { mdns: maybe }", "p2p.mdns maybe: give true or false"],
    ["node: { roles: [worker, worker] }", "node.roles worker,worker: name each once"],
  ])("%s", (text, message) => {
    const path = file(text);
    expect(() => load(text)).toThrow(
      expect.objectContaining({ code: "CONFIG", shortMessage: expect.stringContaining(message) }),
    );
    expect(() => load(text)).toThrow(path);
  });

  test("also in what the command does not use", () => {
    const path = file("executor: { taskLimit: 10 }");
    const { config } = nodeOptions;
    expect(() => loadOptions({ config }, ["--config", path], {})).toThrow("executor.taskLimit");
  });

  test("in the environment, too", () => {
    expect(() => load("", [], { ASSAY_TASK_LIMIT: "10" })).toThrow("ASSAY_TASK_LIMIT 10: give a");
  });

  test("a secret, without showing it", () => {
    for (const key of ["password", "privateKey", "mnemonic"]) {
      const text = `account: { ${key}: hunter2 }`;
      expect(() => load(text)).toThrow(`account.${key} has no place here`);
      expect(() => load(text)).not.toThrow("hunter2");
    }
  });

  test("variables that mean nothing are told with what may be meant", () => {
    const environment = { ASSAY_STAEK: "1", ASSAY_STAKE: "1", ASSAY_PASSWORD: "p", PATH: "/" };
    expect(strayVariables(nodeOptions, environment)).toEqual([
      "ASSAY_STAEK is no option: did you mean ASSAY_STAKE?",
    ]);
  });
});

describe("what is shown", () => {
  test("has every key with its value and source, and no API key of an RPC", () => {
    const { resolved } = load("chain: { rpc: https://user:pw@rpc.example/v2/0123secret?k=1 }", [
      ...[
        "--stake",
        "2",
        "--bootstrap",
        "/ip4/1.2.3.4/tcp/4001/p2p/12D3KooWDCymEFDaUvXJ4Pz8VGDkUZAVsyPKZcTKAy2iYYqpKFmC",
      ],
    ]);
    const shown = shownOptions(nodeOptions, resolved);
    expect(shown.find(({ key }) => key === "chain.rpc")).toMatchObject({
      value: "https://rpc.example/…",
      source: "file",
    });
    expect(shown.find(({ key }) => key === "policy.stake")).toEqual({
      key: "policy.stake",
      value: "2",
      source: "flag",
      from: "--stake",
      defaultsTo: null,
      flag: "--stake",
      variable: "ASSAY_STAKE",
    });
    expect(shown.find(({ key }) => key === "node.drainTimeout")).toMatchObject({
      value: "10m",
      source: "default",
      from: null,
    });
    expect(JSON.stringify(shown)).not.toMatch(/secret|pw@/);
  });

  test("an RPC that is none does not give its key away either", () => {
    expect(() => load("chain: { rpc: rpc.example/v2/0123secret }")).toThrow(
      "rpc.example/…: give a URL",
    );
  });
});

test("keys and variables are each of one option", () => {
  const definitions = Object.entries(nodeOptions) as [string, { key?: string }][];
  const keys = definitions.flatMap(([, { key }]) => (key === undefined ? [] : [key]));
  expect(new Set(keys).size).toBe(keys.length);
  const withoutKey = definitions.filter(([, { key }]) => key === undefined).map(([name]) => name);
  expect(withoutKey).toEqual(["config"]);
  expect(variableOf("data-dir")).toBe("ASSAY_DATA_DIR");
});

test.each([
  ["stkae", "stake"],
  ["minreward", "minReward"],
  ["zzzzzz", undefined],
])("what is nearest to %s is %s", (name, expected) => {
  expect(nearest(name, ["stake", "minReward", "jury"])).toBe(expected);
});
