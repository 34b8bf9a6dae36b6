import { hash, verify } from "node:crypto";
import { asRecord, bytesToHex, WireError } from "@assay/sdk/protocol";
import { encode } from "@ipld/dag-cbor";
import type { Delegation } from "../wire/delegation.ts";
import {
  asBytes,
  asNumber,
  decoded,
  delegationFields,
  plainText,
  readDelegation,
} from "../wire/fields.ts";
import { type Signer, verifierOf } from "../wire/signer.ts";

/** Longest request or answer, in bytes. */
export const MAX_FRAME_BYTES = 64 << 10;
const MAX_KIND_LENGTH = 32;

/** A question that one peer puts to another, signed for that other alone. */
export interface DirectRequest {
  kind: string;
  /** Ed25519 public key of who asks, 32 bytes. */
  key: Uint8Array;
  /** Unix milliseconds by the asker's clock. */
  atMs: number;
  delegation: Delegation | undefined;
  /** Any dag-cbor. */
  body: unknown;
}

/** Its answer, signed, and bound to the request by that one's hash. */
export type DirectAnswer = { atMs: number } & (
  | { body: unknown; refusal?: undefined }
  | { refusal: { code: string; message: string }; body?: undefined }
);

/** @param to - peer id of who is asked. */
export function encodeRequest(
  to: string,
  { kind, atMs, delegation, body }: Omit<DirectRequest, "key">,
  signer: Signer,
): Uint8Array {
  const fields = {
    ...{ v: 1, kind, key: signer.key, at: atMs, body: body ?? null },
    by: delegationFields(delegation),
  };
  return limited(encode({ ...fields, sig: signer.sign(requestBytes(to, fields)) }));
}

/**
 * Reads a request and checks its signature.
 *
 * @throws {@link WireError}
 */
export function decodeRequest(to: string, bytes: Uint8Array): DirectRequest {
  const read = asRecord(decoded(bytes), ["v", "kind", "key", "at", "body", "by", "sig"]);
  if (read?.v !== 1) throw new WireError("not version 1");
  const { sig, ...fields } = read;
  const { kind } = fields;
  if (typeof kind !== "string" || kind === "" || kind.length > MAX_KIND_LENGTH) {
    throw new WireError("kind is no short text");
  }
  const key = asBytes(fields.key, 32, "key");
  checkSigned(key, requestBytes(to, fields), sig);
  const delegation = readDelegation(fields.by);
  return { kind, key, atMs: asNumber(fields.at, "at"), delegation, body: fields.body };
}

/** @param request - the bytes of the request that is answered. */
export function encodeAnswer(
  request: Uint8Array,
  { atMs, body, refusal }: DirectAnswer,
  signer: Signer,
): Uint8Array {
  const fields = {
    ...{ v: 1, at: atMs },
    ...(refusal === undefined ? { body: body ?? null } : { refusal: { ...refusal } }),
  };
  return limited(encode({ ...fields, sig: signer.sign(answerBytes(request, fields)) }));
}

/**
 * Reads an answer and checks that the peer with this key has signed it, for this request.
 *
 * @throws {@link WireError}
 */
export function decodeAnswer(
  request: Uint8Array,
  key: Uint8Array,
  bytes: Uint8Array,
): DirectAnswer {
  const value = decoded(bytes);
  const good = asRecord(value, ["v", "at", "body", "sig"]);
  const bad = asRecord(value, ["v", "at", "refusal", "sig"]);
  const read = good ?? bad;
  if (read?.v !== 1) throw new WireError("not version 1");
  const { sig, ...fields } = read;
  checkSigned(key, answerBytes(request, fields), sig);
  const atMs = asNumber(fields.at, "at");
  if (good !== undefined) return { atMs, body: good.body };
  const refusal = asRecord(bad?.refusal, ["code", "message"]);
  const { code, message } = refusal ?? {};
  if (typeof code !== "string" || typeof message !== "string") {
    throw new WireError("the refusal has no words");
  }
  return { atMs, refusal: { code: plainText(code, 32), message: plainText(message, 200) } };
}

function checkSigned(key: Uint8Array, bytes: Uint8Array, signature: unknown): void {
  if (!verify(null, bytes, verifierOf(key), asBytes(signature, 64, "sig"))) {
    throw new WireError("the signature is none of this peer");
  }
}

function requestBytes(to: string, fields: object): Uint8Array {
  return Buffer.concat([Buffer.from(`assay direct 1 to ${to}\n`), encode(fields)]);
}

function answerBytes(request: Uint8Array, fields: object): Uint8Array {
  const asked = bytesToHex(hash("sha256", request, "buffer"));
  return Buffer.concat([Buffer.from(`assay direct 1 answer to ${asked}\n`), encode(fields)]);
}

function limited(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_FRAME_BYTES) return bytes;
  throw new RangeError(`${bytes.length} bytes are more than ${MAX_FRAME_BYTES}`);
}
