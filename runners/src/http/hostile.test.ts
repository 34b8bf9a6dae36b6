import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { collect } from "../../test/contract.ts";
import { type HttpRunnerOptions, httpRunner, serveRunner } from "./index.ts";

// Hosts that speak HTTP as no library would, and clients that do.

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

const OK = "HTTP/1.1 200 OK\r\nassay-outcome: ok\r\n";
const INFO = JSON.stringify({ runner: 1, processes: 1, maxInputBytes: 1 << 20 });

/** Writes as long as somebody reads. */
function flood(socket: Socket): void {
  const chunk = Buffer.alloc(65_536, "x");
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

/** A byte now and then. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write("x"), 50);
  socket.once("close", () => clearInterval(timer));
}

/** What a host does with a task, on a socket of its own. */
const hostile: Record<string, (socket: Socket) => void> = {
  "an endless result": (socket) => {
    socket.write(`${OK}content-length: 1000000000000\r\n\r\n`);
    flood(socket);
  },
  "an endless result in chunks": (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\nFFFFFFFF\r\n`);
    flood(socket);
  },
  "an endless refusal": (socket) => {
    socket.write("HTTP/1.1 503 No\r\ncontent-length: 1000000000000\r\n\r\n");
    flood(socket);
  },
  "an answer that is none, without an end": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n");
    flood(socket);
  },
  "endless headers": (socket) => {
    socket.write(OK);
    const timer = setInterval(() => socket.write(`x-${Date.now()}: ${"y".repeat(900)}\r\n`), 1);
    socket.once("close", () => clearInterval(timer));
  },
  "headers, a byte now and then": (socket) => {
    socket.write(`${OK}x-slow: `);
    drip(socket);
  },
  "a result, a byte now and then": (socket) => {
    socket.write(`${OK}content-length: 100\r\n\r\n`);
    drip(socket);
  },
  "a refusal, a byte now and then": (socket) => {
    socket.write("HTTP/1.1 503 No\r\ncontent-length: 100\r\n\r\n");
    drip(socket);
  },
  "no answer": () => {},
  "half a result": (socket) => {
    socket.end(`${OK}content-length: 6\r\n\r\ntas`);
  },
  "half a chunk": (socket) => {
    socket.end(`${OK}transfer-encoding: chunked\r\n\r\n6\r\ntas`);
  },
  "half a result that does not say how long it is": (socket) => {
    socket.end(`${OK}\r\ntas`);
  },
  "an outcome that there is not": (socket) => {
    socket.end("HTTP/1.1 200 OK\r\nassay-outcome: fine\r\ncontent-length: 0\r\n\r\n");
  },
  "no HTTP": (socket) => {
    socket.end("\0\x01\x02 hello");
  },
  "two lengths": (socket) => {
    socket.end(`${OK}content-length: 3\r\ncontent-length: 6\r\n\r\ntask 1`);
  },
  "a redirect": (socket) => {
    socket.end("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n");
  },
};

/** A host that is well until it gets a task. */
async function startHostile(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let head = "";
    socket.on("data", (chunk) => {
      if (head.includes("\r\n\r\n")) return;
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      if (head.startsWith("GET")) {
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${INFO.length}\r\n\r\n${INFO}`);
      } else if (head.startsWith("PUT")) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
      else answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ended.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(options: HttpRunnerOptions) {
  const runner = httpRunner({ timeoutMs: 2_000, attempts: 1, ...options });
  ended.push(() => runner.close());
  return runner;
}

const limits = { maxResultBytes: 1_000 };

describe("a host that gives a task", () => {
  test.each(Object.entries(hostile))("%s has failed, and another does it", async (_, answer) => {
    const url = await startHostile(answer);
    const alone = open({ hosts: [url] });
    const inputs = numbered(20);
    const run = collect(alone.run({ program: echo.wasm, inputs: inputs.slice(0, 1), limits }));
    await expect(run).rejects.toMatchObject({ code: "HTTP_HOST_FAILED", host: url });

    const host = await serveRunner({ processes: 1 });
    ended.push(() => host.close());
    const runner = open({
      // Long enough for an honest host on a busy machine.
      ...{
        hosts: [url, host.url],
        balance: "round-robin",
        timeoutMs: 2_000,
        attempts: 20,
        depth: 4,
      },
    });
    const results = await collect(runner.run({ program: echo.wasm, inputs, limits }));
    expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
  });
});

test.each(["10.0.0.1:8787", "localhost:8787", "ftp://10.0.0.1", ""])("%j is no host", (url) => {
  expect(() => httpRunner({ hosts: [url] })).toThrow(RangeError);
});

test("a host hangs up on clients that say nothing, do not end their headers, or stop in the middle", async () => {
  const host = await serveRunner({ processes: 1 });
  ended.push(() => host.close());
  const said = [
    "",
    "GET /health HTTP/1.1\r\nhost: x\r\n",
    "PRI * HTTP/2.0\r\n",
    "GET /health HTTP/1.1\r\nhost: x\r\n\r\nGET /h",
  ];
  const closed = said.map((text) => {
    const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
    ended.push(() => socket.destroy());
    socket.on("error", () => {});
    socket.write(text);
    socket.resume();
    return once(socket, "close");
  });
  await Promise.all(closed);
});
