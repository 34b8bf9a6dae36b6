/** Where the Marketplace keeps what it stores: slots 0 and 1 are those of EIP-712's fallback strings, the ledger comes after. */
import { concat, encodeAbiParameters, type Hex, keccak256, numberToHex, pad } from "viem";
import type { Market } from "./market.ts";

const Slot = {
  batches: 2n,
  accounts: 3n,
  credits: 4n,
  prepared: 5n,
  stands: 6n,
  rights: 7n,
  nonces: 8n,
} as const;

/** The slot of a value in a mapping, or of the mapping that is a value. */
export const mapped = (key: Hex | number | bigint, slot: bigint) =>
  BigInt(
    keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [BigInt(key), slot])),
  );

/** The first of a batch's. */
export const batchSlot = (job: Hex, batch: number) => mapped(batch, mapped(job, Slot.batches));
export const accountSlot = (owner: Hex) => mapped(owner, Slot.accounts);
export const creditSlot = (owner: Hex, token: Hex) => mapped(token, mapped(owner, Slot.credits));
export const preparedSlot = (asker: Hex, commitment: Hex) =>
  mapped(commitment, mapped(asker, Slot.prepared));
export const standsSlot = (leafKey: Hex) => mapped(leafKey, Slot.stands);
export const rightsSlot = (account: Hex, operator: Hex) =>
  mapped(operator, mapped(account, Slot.rights));
export const noncesSlot = (account: Hex, word: bigint) =>
  mapped(word, mapped(account, Slot.nonces));

const hex = (slot: bigint) => numberToHex(slot, { size: 32 });

export async function read({ client, address }: Market, slot: bigint): Promise<Hex> {
  const value = await client.getStorageAt({ address, slot: hex(slot) });
  if (value === undefined) throw new Error(`The node tells nothing of slot ${slot}`);
  return value;
}

export function overwrite({ network, address }: Market, slot: bigint, value: Hex): Promise<void> {
  return network.networkHelpers.setStorageAt(address, hex(slot), value);
}

/** One slot, from its highest bits to its lowest. */
export function packed(...fields: [value: number | bigint | Hex, bits: number][]): Hex {
  const bytes = fields.map(([value, bits]) => numberToHex(BigInt(value), { size: bits / 8 }));
  return pad(concat(bytes), { size: 32 });
}

/** Gives an account a score, whatever its record. */
export async function setScore(market: Market, owner: Hex, score: number): Promise<void> {
  const slot = accountSlot(owner);
  const others = BigInt(await read(market, slot)) & ~(0xffffn << 192n);
  await overwrite(market, slot, hex(others | (BigInt(score) << 192n)));
}
