import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { messageOf } from "../kernel/report.ts";

export interface Answer {
  status: number;
  type: "text/plain; version=0.0.4" | "application/json";
  body: string;
}

/** By method and path: `GET /health`. A `TypeError` or `RangeError` tells whoever asks that the question is wrong. */
export type Routes = Record<string, (query: URLSearchParams) => Promise<Answer>>;

/** Timeout of a request, in milliseconds: a request is a single line. */
const REQUEST_MS = 5_000;
const MOST_CONNECTIONS = 32;

/**
 * Serves a few answers over HTTP, on a port or a socket of the file system. Bodies of requests are not read.
 *
 * @throws Node's own error, with its `code`, when it cannot listen.
 */
export async function serve(
  routes: Routes,
  listen: { host: string; port: number } | { path: string },
): Promise<Server> {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 8 << 10 },
    async ({ method, url = "/" }, response) => {
      const [path, query] = url.split("?");
      const route = Object.hasOwn(routes, `${method} ${path}`)
        ? routes[`${method} ${path}`]
        : undefined;
      const { status, type, body } = await (route ?? notFound)(new URLSearchParams(query)).catch(
        failed,
      );
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(body);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(listen);
  await once(server, "listening"); // or "error", which it throws
  return server;
}

export function json(status: number, value: unknown): Answer {
  const body = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
  return { status, type: "application/json", body: `${body}\n` };
}

async function notFound(): Promise<Answer> {
  return json(404, { error: "there is nothing here: see /metrics, /health and /ready" });
}

function failed(error: unknown): Answer {
  const isTheirs = error instanceof TypeError || error instanceof RangeError;
  return json(isTheirs ? 400 : 500, { error: messageOf(error) });
}

/** Ends a server and what is still connected to it. */
export async function endServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(timer);
}
