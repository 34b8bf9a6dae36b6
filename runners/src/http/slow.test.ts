import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { isLong } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { collect } from "../../test/contract.ts";
import { type HttpRunner, httpRunner } from "./index.ts";

// Hosts whose tasks take a given time and no work, so that runs can be compared however busy this machine is.

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

interface TimedHost {
  url: string;
  asked: number;
}

/** A host that gives inputs back after so many milliseconds. */
async function startTimed(taskMs: number): Promise<TimedHost> {
  const host: TimedHost = { url: "", asked: 0 };
  const answer = async (response: ServerResponse, body: Buffer) => {
    host.asked++;
    await sleep(taskMs);
    response.writeHead(200, { "assay-outcome": "ok", "content-length": body.length }).end(body);
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if (request.method === "PUT") response.writeHead(204).end();
    else if (request.method === "POST") await answer(response, body);
    else response.end(JSON.stringify({ runner: 1, processes: 1, maxInputBytes: 1 << 20 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ended.push(() => {
    server.closeAllConnections();
    server.close();
  });
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return host;
}

function open(hosts: readonly TimedHost[], depth: number): HttpRunner {
  const runner = httpRunner({ hosts: hosts.map(({ url }) => url), depth });
  ended.push(() => runner.close());
  return runner;
}

/** @returns milliseconds. */
async function timed(runner: HttpRunner, count: number): Promise<number> {
  const inputs = numbered(count);
  const startedAt = performance.now();
  const results = await collect(runner.run({ program: echo.wasm, inputs }));
  const ms = performance.now() - startedAt;
  expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
  return ms;
}

// Each of three has a third of the tasks. If one did none of it, the other two would take half as long again as all three: that is what its
// share is worth. Twice as much would be twice the time. The times are compared in `npm run test:long`, where nothing else runs.
test("one of three hosts is 50 times slower: it holds a run up by less than twice what its share is worth", async () => {
  const [taskMs, tasks, depth] = [50, 240, 4];
  const quick = [await startTimed(taskMs), await startTimed(taskMs), await startTimed(taskMs)];
  const [first, second] = quick as [TimedHost, TimedHost];
  const slow = await startTimed(50 * taskMs);
  const undisturbed = () => timed(open(quick, depth), tasks);
  const before = isLong ? await undisturbed() : undefined;
  const runner = open([first, second, slow], depth);
  const held = await timed(runner, tasks);
  expect(slow.asked).toBeLessThan(2 * (tasks / 3));
  expect(await runner.metrics()).toMatch(/hedges_total{won="true"} [1-9]/);
  if (before === undefined) return;
  // The run before and the one after: what else this machine does meets them as well.
  const after = await undisturbed();
  const mean = (before + after) / 2;
  expect(held - mean, `${held} ms, and ${before} and ${after} without it`).toBeLessThan(
    2 * (mean / 2),
  );
});
