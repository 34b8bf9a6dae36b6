import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { RefusedError } from "./refused.ts";

export type Request = IncomingMessage | Http2ServerRequest;

/**
 * Reads a request's body as it comes.
 *
 * @throws {@link RefusedError} as soon as it is longer than `maxBytes`, whatever it said of itself.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new RefusedError(
      413,
      "TOO_LARGE",
      `The body is longer than the ${maxBytes} bytes that are allowed here.`,
    );
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const [only = new Uint8Array()] = chunks;
  return chunks.length <= 1 ? only : Buffer.concat(chunks);
}
