import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { readSite } from "../site/site.ts";
import { createBlockReader, type PageContent, storeBlock } from "./blocks.ts";
import { isOurHost, securityHeaders, typeOf } from "./headers.ts";
import { type EventSource, sendEvents } from "./sendEvents.ts";

export interface ServePagesOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** What `/` shows. */
  page: "explorer" | "node";
  /** What `config.json` says; origins of its URLs are what pages may connect to. */
  config?: SiteConfig | undefined;
  /** Gives blocks at `/ipfs/<cid>`, and takes some from its own pages at `/blocks` where it can `put`. */
  content?: PageContent | undefined;
  /** Values that are read at `/api/<name>`. Bigints become strings. */
  api?: Readonly<Record<string, () => Promise<unknown>>> | undefined;
  /** What happens, at `/api/events`. */
  events?: EventSource | undefined;
}

/** Where the pages look: `config.json`. */
export interface SiteConfig {
  /** JSON-RPC of the chain. */
  rpc?: string;
  marketplace?: string;
  /** Arbiters whose disputes are shown move by move. */
  proof?: string;
  jury?: string;
  /** Block before which the Marketplace has no events. */
  deployedAt?: number;
  /** A trustless gateway; an empty string is the server of the page. */
  gateway?: string;
  /** Base of a node's read-only API; an empty string is the server of the page. */
  node?: string;
  /** Whether the server of the page takes blocks. */
  canStore?: boolean;
}

export interface PagesServer {
  url: string;
  close(): Promise<void>;
}

const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 128;

interface Answer {
  status: number;
  type: string;
  body: Uint8Array | string;
  /** Files that are named by their content are kept for good. */
  keep?: boolean;
}

/**
 * Serves the explorer's or a node's pages.
 *
 * @throws Node's own error, with its `code`, when it cannot listen.
 */
export async function servePages(options: ServePagesOptions): Promise<PagesServer> {
  const headers = securityHeaders(originsOf(options.config));
  const answer = answerer(options);
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 16 << 10 },
    async (request, response) => {
      const { method, url = "/", headers: asked } = request;
      if (!isOurHost(asked.host, options.host)) {
        return send(request, response, plain(403, "this name is not ours"), headers);
      }
      const [path = "/", query] = url.split("?");
      if (method === "GET" && path === "/api/events" && options.events !== undefined) {
        return sendEvents(response, options.events, headers);
      }
      const given = await answer(request, path, new URLSearchParams(query)).catch((error) =>
        plain(500, error instanceof Error ? error.message : String(error)),
      );
      send(request, response, given, headers);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.listen({ host: options.host, port: options.port });
  await once(server, "listening"); // or "error", which it throws
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerer({ page, config, content, api = {} }: ServePagesOptions) {
  const readBlock = content === undefined ? undefined : createBlockReader(content);
  return async (
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
  ): Promise<Answer> => {
    if (request.method === "POST" && path === "/blocks" && content !== undefined) {
      // A site elsewhere cannot set this header without asking first, and is not answered.
      if (request.headers["x-assay"] !== "block") return plain(403, "only pages of ours store");
      const { status, body } = await storeBlock(content, request, query);
      return { status, type: "text/plain; charset=utf-8", body };
    }
    if (request.method !== "GET") return plain(405, "GET only");
    if (path === "/config.json") return json(config ?? {});
    if (path.startsWith("/ipfs/") && readBlock !== undefined) {
      const { status, body } = await readBlock(path.slice("/ipfs/".length));
      return { status, type: "application/vnd.ipld.raw", body, keep: status === 200 };
    }
    const name = path.slice("/api/".length);
    const read = path.startsWith("/api/") && Object.hasOwn(api, name) ? api[name] : undefined;
    if (read !== undefined) return json(await read());
    const file = path === "/" ? (page === "node" ? "node.html" : "index.html") : path.slice(1);
    const body = (await readSite()).get(file);
    if (body === undefined) return plain(404, "there is nothing here");
    return { status: 200, type: typeOf(file), body };
  };
}

function json(value: unknown): Answer {
  const body = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
  return { status: 200, type: typeOf(".json"), body };
}

function plain(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

const COMPRESSED = /^(text|application\/json|image\/svg)/;

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body, keep = false }: Answer,
  headers: Record<string, string>,
): void {
  const isShort =
    COMPRESSED.test(type) && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  response.writeHead(status, {
    ...headers,
    "content-type": type,
    "cache-control": keep ? "public, max-age=31536000, immutable" : "no-cache",
    ...(isShort ? { "content-encoding": "gzip", vary: "accept-encoding" } : {}),
  });
  response.end(isShort ? gzipSync(body) : body);
}

/** The origins that the pages have to reach. A WebSocket has one of its own. */
function originsOf({ rpc, gateway, node }: SiteConfig = {}): string[] {
  const urls = [rpc, gateway, node].flatMap((url) => URL.parse(url ?? "") ?? []);
  return [...new Set(urls.map(({ protocol, host }) => `${protocol}//${host}`))];
}
