import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createServer, type Server, type Socket } from "node:net";

/** What an HTTP/2 client without TLS says first; no method of HTTP/1.1 begins so. */
const HTTP2_PREFACE = Buffer.from("PRI");
/** A client has to ask within so many milliseconds; bodies may take longer. */
const HEADERS_MS = 10_000;
const MOST_HEADER_BYTES = 8 << 10;
/** After the last answer, connections are given so many milliseconds to close by themselves. */
const CLOSE_MS = 500;

type Handler = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void;

export interface TlsFiles {
  /** PEM. */
  cert: string | Buffer;
  key: string | Buffer;
}

export interface ListenOptions {
  host: string;
  port: number;
  tls: TlsFiles | undefined;
  maxConnections: number;
}

/** HTTP/1.1 and HTTP/2 at one port: by ALPN with TLS, by the first bytes of a connection without. */
export interface Listener {
  url: string;
  /** Ends connections, at once those that are idle. */
  close(): Promise<void>;
}

/** @throws Node's own error, with its `code`, when it cannot listen. */
export async function listen(
  handler: Handler,
  { host, port, tls, maxConnections }: ListenOptions,
): Promise<Listener> {
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  const noteSession = (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", () => {});
  };
  const server =
    tls === undefined
      ? plainServer(handler, noteSession)
      : createSecureServer({ ...tls, allowHTTP1: true }, handler).on("session", noteSession);
  (server as Server).maxConnections = maxConnections;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.listen({ host, port });
  await once(server, "listening"); // or "error", which it throws
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address : { port, family: "" };
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${name}:${bound.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.close();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function plainServer(handler: Handler, noteSession: (session: ServerHttp2Session) => void): Server {
  const http = createHttpServer(
    { headersTimeout: HEADERS_MS, requestTimeout: 0, maxHeaderSize: MOST_HEADER_BYTES },
    handler,
  );
  const http2 = createHttp2Server(handler).on("session", noteSession);
  // Servers that do not listen themselves do not look at the time: who has not asked by then is hung up on here.
  const onAsked = new WeakMap<Socket, () => void>();
  http.on("request", ({ socket }: IncomingMessage) => onAsked.get(socket)?.());
  return createServer({ noDelay: true }, (socket) => {
    const timer = setTimeout(() => socket.destroy(), HEADERS_MS);
    socket.once("close", () => clearTimeout(timer));
    socket.once("data", (first) => {
      socket.pause();
      const isHttp2 = first.subarray(0, HTTP2_PREFACE.length).equals(HTTP2_PREFACE);
      const asked = () => clearTimeout(timer);
      if (isHttp2) http2.once("session", (session) => session.once("remoteSettings", asked));
      else onAsked.set(socket, asked);
      socket.unshift(first);
      (isHttp2 ? http2 : http).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
}
