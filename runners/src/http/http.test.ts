import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cidOf } from "@assay/sdk/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { echo, numbered, slowEcho } from "../../../test/fixtures/programs.ts";
import {
  collect,
  expected,
  inputsOf,
  limits,
  manifold,
  testRunner,
  testStreaming,
} from "../../test/contract.ts";
import { startHostProcess } from "../../test/startHostProcess.ts";
import {
  BALANCES,
  type HttpRunnerOptions,
  httpRunner,
  type RunnerHost,
  serveRunner,
} from "./index.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

const token = "secret";
let hosts: RunnerHost[];
beforeAll(async () => {
  hosts = await Promise.all([1, 2].map(() => serveRunner({ token, processes: 1 })));
});
afterAll(() => Promise.all(hosts.map((host) => host.close())));
const urls = () => hosts.map(({ url }) => url);

function open(options: Partial<HttpRunnerOptions> = {}) {
  const runner = httpRunner({ hosts: urls(), token, ...options });
  ended.push(() => runner.close());
  return runner;
}

describe.each([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
])("over %s, as every runner", (_, http2) => {
  testRunner(() => open({ http2 }));
  testStreaming(() => open({ http2 }));
});

// A host that was slow once, as on a busy machine, is asked less until that is forgotten: the runs
// go on until every host has had its part, and a host that is never asked again ends the test.
test.each(BALANCES)("%s gives every host its part", { timeout: 120_000 }, async (balance) => {
  const runner = open({ balance, depth: 4 });
  const inputs = inputsOf(200);
  const tasksOf = async (url: string) => {
    const metrics = await runner.metrics();
    const [, count] =
      new RegExp(`requests_total{host="${url}",result="ok"} (\\d+)`).exec(metrics) ?? [];
    return Number(count);
  };
  await vi.waitFor(
    async () => {
      expect(await collect(runner.run({ program: manifold.wasm, inputs, limits }))).toEqual(
        expected(inputs),
      );
      for (const url of urls()) {
        expect(await tasksOf(url), await runner.metrics()).toBeGreaterThan(10);
      }
    },
    { timeout: 100_000, interval: 0 },
  );
});

test("over TLS, with a certificate of one's own, by both versions of HTTP", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-tls-"));
  ended.push(() => rm(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...[
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
      ],
      ...["-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  const tls = { key: await readFile(key), cert: await readFile(cert) };
  const host = await serveRunner({ token, tls, processes: 1 });
  ended.push(() => host.close());
  const inputs = inputsOf(50);
  for (const http2 of [false, true]) {
    const runner = open({ hosts: [host.url], ca: tls.cert, http2 });
    expect(await collect(runner.run({ program: manifold.wasm, inputs, limits }))).toEqual(
      expected(inputs),
    );
  }
  const distrustful = open({ hosts: [host.url] });
  await expect(collect(distrustful.run({ program: echo.wasm, inputs }))).rejects.toMatchObject({
    code: "HTTP_NO_HOST",
  });
});

describe("what cannot be used is told in one line, before any work", () => {
  test.each([
    [
      "a wrong token",
      () => urls(),
      "wrong",
      /^No host can be used \(.* refuses the token; .* refuses the token\): give the token that they were/,
    ],
    ["no token", () => urls().slice(1), undefined, /refuses the token/],
    [
      "nobody there",
      () => ["http://127.0.0.1:9"],
      token,
      /^No host .*127.0.0.1:9 does not answer \(ECONNREFUSED\)/,
    ],
  ] as const)("%s", async (_, named, given, line) => {
    let isRead = false;
    function* inputs() {
      isRead = true;
      yield new Uint8Array();
    }
    const runner = open({ hosts: named(), token: given });
    const run = collect(runner.run({ program: echo.wasm, inputs: inputs() }));
    await expect(run).rejects.toMatchObject({
      code: "HTTP_NO_HOST",
      message: expect.stringMatching(line),
    });
    expect(isRead).toBe(false);
  });
});

/** A host in front of another that does as `answer` says. */
async function startFalseHost(answer: (real: string) => RequestListener): Promise<string> {
  const server = createServer(answer(urls()[0] as string));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ended.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Passes requests on, and does something to the answers. */
const passing =
  (change: (bytes: Buffer, isTask: boolean) => Promise<Buffer> | Buffer) =>
  (real: string): RequestListener =>
  async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { method = "GET", url = "/", headers } = request;
    const answer = await fetch(new URL(url, real), {
      ...{ method, headers: { authorization: headers.authorization ?? "" } },
      ...(body.length > 0 ? { body } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const changed = await change(bytes, url.includes("/tasks"));
    const outcome = answer.headers.get("assay-outcome");
    response.writeHead(answer.status, outcome === null ? {} : { "assay-outcome": outcome });
    response.end(changed);
  };

test("one gives wrong bytes, one is slow, one refuses: the run is right, and the liar is named and left out", async () => {
  const liar = await startFalseHost(
    passing((bytes, isTask) =>
      isTask && bytes.length > 0 ? Buffer.from(bytes).fill(9, 0, 1) : bytes,
    ),
  );
  const slow = await startFalseHost(
    passing(async (bytes, isTask) => {
      if (isTask) await new Promise((resolve) => setTimeout(resolve, 500));
      return bytes;
    }),
  );
  let isRefusing = true;
  const refusing = await startFalseHost(
    (real) => (request, response) =>
      isRefusing && request.url?.includes("/tasks")
        ? response.writeHead(503).end('{"code":"BUSY","message":"no"}')
        : passing((bytes) => bytes)(real)(request, response),
  );
  const dissents: string[] = [];
  const runner = open({
    ...{
      hosts: [...urls(), liar, slow, refusing],
      redundancy: 2,
      balance: "round-robin",
      depth: 8,
    },
    onDissent: ({ host }) => dissents.push(host),
  });
  const inputs = numbered(300);
  const results = await collect(runner.run({ program: echo.wasm, inputs }));
  expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
  expect(new Set(dissents)).toEqual(new Set([liar]));
  expect(runner.hosts.find(({ host }) => host === liar)).toMatchObject({ state: "left-out" });
  const metrics = await runner.metrics();
  expect(metrics).toMatch(`breaker_changes_total{host="${refusing}",to="Open"}`);
  expect(metrics).toMatch(/hedges_total{won="true"} [1-9]/);
  // It is well again: the probe closes the breaker, and it takes part.
  isRefusing = false;
  await expect.poll(() => runner.hosts.find(({ host }) => host === refusing)?.state).toBe("up");
  expect(await runner.metrics()).toMatch(`breaker_changes_total{host="${refusing}",to="Closed"}`);
});

test("hosts that never agree are named", async () => {
  let lies = 0;
  const lying = () =>
    startFalseHost(passing((bytes, isTask) => (isTask ? Buffer.from(`lie ${lies++}`) : bytes)));
  const runner = open({
    hosts: [await lying(), await lying(), await lying()],
    redundancy: 2,
    patienceMs: 100,
  });
  const run = collect(runner.run({ program: echo.wasm, inputs: [new Uint8Array(9)] }));
  await expect(run).rejects.toMatchObject({ code: "HTTP_HOSTS_DISAGREE", position: 0 });
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a host that is ended by %s, and one that comes, in the middle of 1,000 tasks",
  async (signal) => {
    const [first, second] = [await startHostProcess(), await startHostProcess()];
    for (const { child } of [first, second]) ended.push(() => child.kill("SIGKILL"));
    const runner = open({ hosts: [first.url, second.url], hedgeMs: false });
    const inputs = numbered(1_000);
    const gone = once(first.child, "exit");
    const results = [];
    for await (const result of runner.run({ program: echo.wasm, inputs })) {
      if (results.push(result) === 200) {
        first.child.kill(signal);
        runner.addHost(urls()[0] as string);
      }
      if (results.length === 600) await runner.removeHost(second.url);
    }
    results.sort((a, b) => a.position - b.position);
    expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
    const [code] = await gone;
    if (signal === "SIGTERM") expect(code).toBe(0);
  },
);

describe("a host", () => {
  const ask = (path: string, init: RequestInit = {}, bearer = token) =>
    fetch(`${urls()[0]}${path}`, { ...init, headers: { authorization: `Bearer ${bearer}` } });
  const path = `/v1/programs/${echo.id}/tasks?maxSteps=100000&maxResultBytes=100`;

  test("refuses what is not in order, and says why", async () => {
    const cid = cidOf(echo.wasm).toString();
    const put = (name: string, body: Uint8Array) =>
      ask(`/v1/programs/${name}`, { method: "PUT", body: new Uint8Array(body) });
    const codeOf = async (response: Promise<Response>) => {
      const { status, headers } = await response;
      expect(headers.get("cache-control")).toBe("no-store");
      return [status, ((await (await response).json()) as { code: string }).code];
    };
    expect(await codeOf(ask("/v1", {}, "other"))).toEqual([401, "UNAUTHORIZED"]);
    expect(await codeOf(ask(path, { method: "POST" }, ""))).toEqual([401, "UNAUTHORIZED"]);
    expect(await codeOf(ask("/metrics", {}, "other"))).toEqual([401, "UNAUTHORIZED"]);
    expect(await codeOf(ask("/"))).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf(put("other", echo.wasm))).toEqual([400, "BAD_REQUEST"]);
    expect(await codeOf(put(cidOf(new Uint8Array(8)).toString(), new Uint8Array(8)))).toEqual([
      400,
      "PROGRAM_INVALID",
    ]);
    expect(
      await codeOf(
        ask("/v1/programs/unknown/tasks?maxSteps=1&maxResultBytes=1", { method: "POST" }),
      ),
    ).toEqual([404, "PROGRAM_UNKNOWN"]);
    expect((await put(cid, echo.wasm)).status).toBe(204);
    const tasks = `/v1/programs/${cid}/tasks`;
    expect(await codeOf(ask(`${tasks}?maxSteps=-1`, { method: "POST" }))).toEqual([
      400,
      "BAD_REQUEST",
    ]);
    const large = new Uint8Array(5 * 65_536);
    expect(
      await codeOf(ask(`${tasks}?maxSteps=1&maxResultBytes=1`, { method: "POST", body: large })),
    ).toEqual([413, "TOO_LARGE"]);
    // A body that does not say how long it is, and does not end, is not read to its end.
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const stream = { method: "POST", body: endless, duplex: "half" } as RequestInit;
    await expect(
      codeOf(ask(`${tasks}?maxSteps=1&maxResultBytes=1`, stream)).catch(() => "cut off"),
    ).resolves.toBeDefined();
    expect((await ask("/health", {}, "")).status).toBe(200);
    expect(await (await ask("/metrics")).text()).toMatch(
      /assay_runner_refused_total{code="TOO_LARGE"} [1-9]/,
    );
  });

  test("takes no more tasks at a time than it is told to", async () => {
    const small = await serveRunner({ token, processes: 1, concurrency: 1 });
    ended.push(() => small.close());
    const runner = open({ hosts: [small.url], depth: 4, hedgeMs: false });
    const results = await collect(runner.run({ program: slowEcho.wasm, inputs: numbered(6) }));
    expect(results).toHaveLength(6);
    const metrics = await fetch(`${small.url}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await metrics.text()).toMatch(/refused_total{code="BUSY"} [1-9]/);
  });

  test("without a token is for this machine alone", async () => {
    await expect(serveRunner({ host: "0.0.0.0" })).rejects.toThrow("set a token");
    await expect(serveRunner({ token: "" })).rejects.toThrow("empty");
  });
});
