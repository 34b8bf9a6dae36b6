import type { ServerResponse } from "node:http";

/** Calls with every event until it is told to end; returns what ends it. */
export type EventSource = (send: (event: string, data: unknown) => void) => () => void;

/** A proxy takes a connection for dead that says nothing for a while, in milliseconds. */
const BEAT_MS = 15_000;
/** Bytes that may wait for a reader who does not read. */
const MOST_WAITING = 1 << 20;

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sendEvents(
  response: ServerResponse,
  source: EventSource,
  headers: Record<string, string>,
): void {
  response.writeHead(200, {
    ...headers,
    "content-type": "text/event-stream",
    "cache-control": "no-store",
  });
  response.write("retry: 2000\n\n");
  const write = (text: string) => {
    if (response.writableLength > MOST_WAITING) response.destroy();
    else response.write(text);
  };
  const end = source((event, data) => {
    const text = JSON.stringify(data, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v));
    write(`event: ${event}\ndata: ${text}\n\n`);
  });
  const beat = setInterval(() => write(": \n\n"), BEAT_MS);
  response.once("close", () => {
    clearInterval(beat);
    end();
  });
}
