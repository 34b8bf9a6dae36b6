import type { Hex } from "viem";
import { asContentCid, asCount, asRecord } from "../dagCbor/fields.ts";
import { WireError } from "../errors/wire.ts";
import { bytesToHex, hexToBytes } from "../hashes/hex.ts";
import type { Fields } from "../hashes/struct.ts";
import { hashSpec, TERMS } from "../job/hash.ts";
import type { JobSpec, JobTerms } from "../job/job.ts";
import type { AnnouncedOffer, Award, Bid, Offer, SignedAward, SignedBid } from "./offer.ts";
import { AWARD, BID, OFFER } from "./structs.ts";

/** Longest signature, in bytes: that of an account which is a contract may be longer than the 65 of a key. */
const MAX_SIGNATURE_BYTES = 2_048;
/** Whole numbers of more bits travel as decimal digits: dag-cbor's own end at 64 bits, JavaScript's at 53. */
const MOST_NUMBER_BITS = 40;

// Of the terms in an offer the price is zero, and the hash of the spec follows from the spec beside them.
const { rewardPerTask: _price, specHash: _spec, ...WIRE_TERMS } = TERMS;

/** An offer, its spec and its signature as a dag-cbor value. */
export function offerFields({ offer, spec, signature }: AnnouncedOffer) {
  const { terms, ...rest } = offer;
  return {
    offer: { ...fieldsOf(OFFER, rest), terms: fieldsOf(WIRE_TERMS, terms) },
    spec: {
      ...{ program: spec.program, manifest: spec.manifest },
      ...{ inputRoot: hexToBytes(spec.inputRoot), machineRoot: hexToBytes(spec.machineRoot) },
      ...{ memoryPages: spec.memoryPages, maxResultBytes: spec.maxResultBytes },
      maxSteps: String(spec.maxSteps),
    },
    sig: hexToBytes(signature),
  };
}

/**
 * Reads an offer. Its signature is not checked here.
 *
 * @throws {@link WireError} on anything that {@link offerFields} would not have written.
 */
export function readOffer(value: unknown): AnnouncedOffer {
  const fields = recordOf(value, ["offer", "spec", "sig"], "the offer");
  const spec = readSpec(fields.spec);
  const { terms: written, ...rest } = recordOf(
    fields.offer,
    ["terms", ...Object.keys(OFFER)],
    "offer",
  );
  const terms = {
    ...readStruct(WIRE_TERMS, written, "terms"),
    ...{ rewardPerTask: 0n, specHash: hashSpec(spec) },
  } as JobTerms;
  const offer = { ...readStruct(OFFER, rest, "offer"), terms } as unknown as Offer;
  if (offer.maxReward < offer.minReward) throw new WireError("the price would fall");
  return { offer, spec, signature: readSignature(fields.sig) };
}

/** A bid and its signature as a dag-cbor value. */
export function bidFields({ bid, signature }: SignedBid) {
  return { bid: fieldsOf(BID, bid), sig: hexToBytes(signature) };
}

/**
 * Reads a bid. Its signature is not checked here.
 *
 * @throws {@link WireError} on anything that {@link bidFields} would not have written.
 */
export function readBid(value: unknown): SignedBid {
  const { bid, sig } = recordOf(value, ["bid", "sig"], "the bid");
  return {
    bid: readStruct(BID, bid, "bid") as unknown as Bid,
    signature: readSignature(sig),
  };
}

/** An award and its signature as a dag-cbor value. */
export function awardFields({ award, signature }: SignedAward) {
  return { award: fieldsOf(AWARD, award), sig: hexToBytes(signature) };
}

/**
 * Reads an award. Its signature is not checked here.
 *
 * @throws {@link WireError} on anything that {@link awardFields} would not have written.
 */
export function readAward(value: unknown): SignedAward {
  const { award, sig } = recordOf(value, ["award", "sig"], "the award");
  return {
    award: readStruct(AWARD, award, "award") as unknown as Award,
    signature: readSignature(sig),
  };
}

function fieldsOf(fields: Fields, values: object): Record<string, unknown> {
  const given = values as Record<string, Hex | number | bigint>;
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [name, written(type, given[name] ?? 0)]),
  );
}

function written(type: string, value: Hex | number | bigint): unknown {
  if (typeof value === "string") return hexToBytes(value);
  return bitsOf(type) > MOST_NUMBER_BITS ? String(value) : Number(value);
}

function readStruct(fields: Fields, value: unknown, name: string): Record<string, unknown> {
  const given = recordOf(value, Object.keys(fields), name);
  return Object.fromEntries(
    Object.entries(fields).map(([field, type]) => [field, read(type, given[field], field)]),
  );
}

function read(type: string, value: unknown, name: string): Hex | number | bigint {
  if (type === "address") return readBytes(value, 20, name);
  if (type.startsWith("bytes")) return readBytes(value, Number(type.slice(5)), name);
  const bits = bitsOf(type);
  const number = bits > MOST_NUMBER_BITS ? asDigits(value) : asCount(value);
  if (number === undefined || BigInt(number) >> BigInt(bits) !== 0n) {
    throw new WireError(`${name} is no ${type}`);
  }
  return number;
}

/** The one form of a number in decimal digits. */
function asDigits(value: unknown): bigint | undefined {
  const isOne = typeof value === "string" && /^(0|[1-9]\d{0,77})$/.test(value);
  return isOne ? BigInt(value) : undefined;
}

const bitsOf = (type: string) => Number(type.slice("uint".length));

function readSpec(value: unknown): JobSpec {
  const fields = recordOf(
    value,
    [
      "program",
      "manifest",
      "inputRoot",
      "memoryPages",
      "maxResultBytes",
      "maxSteps",
      "machineRoot",
    ],
    "spec",
  );
  const [program, manifest] = [asContentCid(fields.program), asContentCid(fields.manifest)];
  if (program === undefined || manifest === undefined) throw new WireError("spec names no content");
  return {
    ...{ program, manifest },
    inputRoot: readBytes(fields.inputRoot, 32, "inputRoot"),
    memoryPages: read("uint32", fields.memoryPages, "memoryPages") as number,
    maxResultBytes: read("uint32", fields.maxResultBytes, "maxResultBytes") as number,
    maxSteps: read("uint64", fields.maxSteps, "maxSteps") as bigint,
    machineRoot: readBytes(fields.machineRoot, 32, "machineRoot"),
  };
}

function readSignature(value: unknown): Hex {
  if (value instanceof Uint8Array && value.length > 0 && value.length <= MAX_SIGNATURE_BYTES) {
    return bytesToHex(value);
  }
  throw new WireError("sig is no signature");
}

function readBytes(value: unknown, length: number, name: string): Hex {
  if (value instanceof Uint8Array && value.length === length) return bytesToHex(value);
  throw new WireError(`${name} is not ${length} bytes`);
}

function recordOf<Key extends string>(
  value: unknown,
  keys: readonly Key[],
  name: string,
): Record<Key, unknown> {
  const record = asRecord(value, keys);
  if (record === undefined) throw new WireError(`${name} has other fields`);
  return record;
}
