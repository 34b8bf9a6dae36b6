import { type Hex, keccak256, toRlp } from "viem";
import { minimal } from "./rlpNumber.ts";

/**
 * A header's fields in the order in which they are hashed. The fields from `baseFeePerGas` on were added one fork after the other; earlier
 * headers lack them.
 */
const FIELDS = [
  ["parentHash", "bytes"],
  ["sha3Uncles", "bytes"],
  ["miner", "bytes"],
  ["stateRoot", "bytes"],
  ["transactionsRoot", "bytes"],
  ["receiptsRoot", "bytes"],
  ["logsBloom", "bytes"],
  ["difficulty", "number"],
  ["number", "number"],
  ["gasLimit", "number"],
  ["gasUsed", "number"],
  ["timestamp", "number"],
  ["extraData", "bytes"],
  ["mixHash", "bytes"],
  ["nonce", "bytes"],
  ["baseFeePerGas", "number"],
  ["withdrawalsRoot", "bytes"],
  ["blobGasUsed", "number"],
  ["excessBlobGas", "number"],
  ["parentBeaconBlockRoot", "bytes"],
  ["requestsHash", "bytes"],
] as const;
const FIRST_OPTIONAL = FIELDS.findIndex(([name]) => name === "baseFeePerGas");

/**
 * Computes the hash of a block's header from its fields. Returns `undefined` if fields are missing, and `malformed` if a field is invalid.
 * @param block - as viem returns it.
 * @see Ethereum yellow paper, 4.4.3; EIP-1559, 4895, 4844, 4788, 7685
 */
export function headerHash(block: object): Hex | "malformed" | undefined {
  const values = block as Record<string, unknown>;
  const encoded: Hex[] = [];
  for (const [i, [name, kind]] of FIELDS.entries()) {
    const value = values[name];
    if (value === undefined || value === null) {
      if (i < FIRST_OPTIONAL) return undefined;
      continue;
    }
    const item = kind === "number" ? numberOf(value) : bytesOf(value);
    if (item === undefined) return "malformed";
    encoded.push(item);
  }
  return keccak256(toRlp(encoded));
}

function bytesOf(value: unknown): Hex | undefined {
  return typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value)
    ? (value as Hex)
    : undefined;
}

function numberOf(value: unknown): Hex | undefined {
  if (typeof value !== "bigint" && typeof value !== "number") return undefined;
  if (value < 0 || (typeof value === "number" && !Number.isSafeInteger(value))) return undefined;
  return minimal(value);
}
