import { hash, timingSafeEqual } from "node:crypto";

const digestOf = (text: string) => hash("sha256", text, "buffer");

/**
 * Tells whether a request's `authorization` header has the token. The comparison takes the same time whatever the header is, and digests have
 * the same length whatever the texts have.
 */
export function createTokenCheck(
  token: string | undefined,
): (header: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const expected = digestOf(`Bearer ${token}`);
  return (header = "") => timingSafeEqual(digestOf(header), expected);
}
