import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeCalls, encodeRefusal, RELAY_PATH } from "@assay/sdk";
import type { Endpoint } from "../config/values.ts";
import { endServer } from "../observe/httpServer.ts";
import type { RelayerMetrics } from "./metrics.ts";
import { RefusedError } from "./refusals.ts";
import type { Relayer } from "./relayer.ts";

/** Longest request, in bytes. */
const MOST_BODY_BYTES = 64 << 10;
/** A request has to be here within so many milliseconds. */
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 1_024;

export interface RelayerServer {
  url: string;
  /** Takes nothing more, finishes what was admitted, and ends. */
  close(): Promise<void>;
}

/**
 * Serves a relayer over HTTP: `POST /calls`, `/metrics`, `/health`.
 *
 * @throws Node's own error, with its `code`, when it cannot listen.
 */
export async function serveRelayer(
  relayer: Relayer,
  { host, port, metrics }: Endpoint & { metrics: RelayerMetrics },
): Promise<RelayerServer> {
  let isEnding = false;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url } = request;
    if (method === "POST" && url === RELAY_PATH) {
      const { hash } = await relayer.bring(await readCalls(request), addressOf(request));
      return json(response, 200, JSON.stringify({ hash }));
    }
    if (method === "GET" && url === "/metrics") {
      response.writeHead(200, { "content-type": metrics.registry.contentType });
      response.end(await metrics.registry.metrics());
      return;
    }
    if (method === "GET" && url === "/health") {
      return json(
        response,
        isEnding ? 503 : 200,
        JSON.stringify({ alive: true, ending: isEnding }),
      );
    }
    json(
      response,
      404,
      encodeRefusal({ code: "NOT_FOUND", message: `see ${RELAY_PATH}`, retryable: false }),
    );
  }

  const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    route(request, response).catch((error) => {
      const refused =
        error instanceof RefusedError
          ? error
          : new RefusedError("TROUBLE", "the relayer could not say whether it came true");
      // What is left of a body is not read.
      if (!request.complete) response.setHeader("connection", "close");
      json(response, refused.status, encodeRefusal(refused.refusal));
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen({ host, port });
  await once(server, "listening"); // or "error", which it throws
  const { address, port: bound, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
    async close() {
      isEnding = true;
      await relayer.close();
      await endServer(server);
    },
  };
}

async function readCalls(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES) {
      throw new RefusedError("TOO_LARGE", `a request has ${MOST_BODY_BYTES} bytes at most`);
    }
    chunks.push(chunk);
  }
  try {
    return decodeCalls(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new RefusedError("MALFORMED", (error as Error).message);
  }
}

/** A whole /64 of IPv6 is one machine's. */
function addressOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? "";
  return address.includes(":") && !address.startsWith("::ffff:")
    ? address.split(":").slice(0, 4).join(":")
    : address;
}

function json(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${body}\n`);
}
