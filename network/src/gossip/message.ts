import { type KeyObject, verify } from "node:crypto";
import {
  type AnnouncedOffer,
  asRecord,
  asTuple,
  bytesToHex,
  hexToBytes,
  type JobHint,
  offerFields,
  readOffer,
  WireError,
} from "@assay/sdk/protocol";
import { encode } from "@ipld/dag-cbor";
import type { Address } from "viem";
import type { Delegation } from "../wire/delegation.ts";
import { asBytes, asNumber, decoded, delegationFields, readDelegation } from "../wire/fields.ts";
import type { Signer } from "../wire/signer.ts";

/** Longest gossip message, in bytes. */
export const MAX_MESSAGE_BYTES = 64 << 10;
/** Most hints in one message. */
export const MAX_HINTS = 64;
/** A message is an Ed25519 signature, and then what it is of, in dag-cbor. */
const SIGNATURE_BYTES = 64;
const MAX_LABELS = 32;
const MAX_LABEL_LENGTH = 64;

/** What a node says of itself, now and then and when it changes. */
export interface Presence {
  /** Such as `worker`, `auditor`, `juror`, `relay`. */
  roles: readonly string[];
  /** Capabilities, as in the node's policy: `gpu`, `region:eu`. */
  tags: readonly string[];
  /** Batches that the node could take now. */
  freeBatches: number;
}

/** A message says one of these. An offer takes about a kilobyte. */
export type GossipBody =
  | { hints: readonly JobHint[] }
  | { presence: Presence }
  | { offer: AnnouncedOffer };

export interface GossipMessage {
  /** Ed25519 public key of the peer that wrote it, 32 bytes. */
  key: Uint8Array;
  /** Grows with every message of this peer. */
  sequence: number;
  /** Unix milliseconds by the author's clock. */
  atMs: number;
  /** For whom the peer speaks; nobody's money stands behind one without. */
  delegation: Delegation | undefined;
  body: GossipBody;
}

/** A message, and what its signature is of. */
export interface ReceivedMessage extends GossipMessage {
  signature: Uint8Array;
  signed: Uint8Array;
}

/**
 * A marketplace's gossip topic.
 * @returns `/assay/2/<chain id>/<marketplace in lower case>/jobs`
 */
export function jobsTopic(chainId: number, marketplace: Address): string {
  return `/assay/2/${chainId}/${marketplace.toLowerCase()}/jobs`;
}

export function isSigned({ signed, signature }: ReceivedMessage, verifier: KeyObject): boolean {
  return verify(null, signed, verifier, signature);
}

/**
 * Writes and signs a message for a topic: its signature is worth nothing on another.
 *
 * @throws RangeError when a block is no block number, or the message is longer than {@link MAX_MESSAGE_BYTES}.
 */
export function encodeMessage(
  topic: string,
  message: Omit<GossipMessage, "key">,
  signer: Signer,
): Uint8Array {
  const payload = encode(fieldsOf({ ...message, key: signer.key }));
  const bytes = Buffer.concat([signer.sign(signedBytes(topic, payload)), payload]);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new RangeError(`${bytes.length} bytes are more than ${MAX_MESSAGE_BYTES}`);
  }
  return bytes;
}

/**
 * Reads what a peer sent. Its signature is not checked here.
 *
 * @throws {@link WireError} on anything that {@link encodeMessage} would not have written.
 */
export function decodeMessage(topic: string, bytes: Uint8Array): ReceivedMessage {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new WireError("the message is too long");
  const payload = bytes.subarray(SIGNATURE_BYTES);
  const fields = asRecord(decoded(payload), ["v", "key", "seq", "at", "by", "body"]);
  if (fields?.v !== 2) throw new WireError("not version 2");
  return {
    key: asBytes(fields.key, 32, "key"),
    sequence: asNumber(fields.seq, "seq"),
    atMs: asNumber(fields.at, "at"),
    delegation: readDelegation(fields.by),
    body: readBody(fields.body),
    signature: bytes.subarray(0, SIGNATURE_BYTES),
    signed: signedBytes(topic, payload),
  };
}

function fieldsOf({ key, sequence, atMs, delegation, body }: GossipMessage) {
  return {
    ...{ v: 2, key, seq: sequence, at: atMs },
    by: delegationFields(delegation),
    body: bodyFields(body),
  };
}

function bodyFields(body: GossipBody) {
  if ("hints" in body) return { hints: body.hints.map(hintFields) };
  return "offer" in body ? { offer: offerFields(body.offer) } : { presence: presenceFields(body) };
}

function hintFields({ job, block }: JobHint): [Uint8Array, number] {
  const number = Number(block);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new RangeError(`${block} is not a block number`);
  }
  return [hexToBytes(job), number];
}

function presenceFields({ presence: { roles, tags, freeBatches } }: { presence: Presence }) {
  return { roles: [...roles], tags: [...tags], free: freeBatches };
}

function signedBytes(topic: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`assay gossip ${topic}\n`), payload]);
}

function readBody(value: unknown): GossipBody {
  const hints = asRecord(value, ["hints"])?.hints;
  if (hints !== undefined) {
    const read = readList(hints, MAX_HINTS, readHint);
    if (read.length === 0) throw new WireError("there is no hint");
    return { hints: read };
  }
  const offer = asRecord(value, ["offer"])?.offer;
  if (offer !== undefined) return { offer: readOffer(offer) };
  const presence = asRecord(asRecord(value, ["presence"])?.presence, ["roles", "tags", "free"]);
  if (presence === undefined) throw new WireError("body is nothing that is said");
  return {
    presence: {
      roles: readList(presence.roles, MAX_LABELS, readLabel),
      tags: readList(presence.tags, MAX_LABELS, readLabel),
      freeBatches: asNumber(presence.free, "free"),
    },
  };
}

function readHint(value: unknown): JobHint {
  const [job, block] = asTuple(value, 2) ?? [];
  return { job: bytesToHex(asBytes(job, 32, "job")), block: BigInt(asNumber(block, "block")) };
}

function readLabel(value: unknown): string {
  if (typeof value !== "string" || value === "" || value.length > MAX_LABEL_LENGTH) {
    throw new WireError("a label is no short text");
  }
  return value;
}

function readList<T>(value: unknown, most: number, read: (item: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > most) throw new WireError("no list, or too long");
  return value.map(read);
}
