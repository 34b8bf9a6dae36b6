import type { BlockReceipts } from "@assay/sdk";
import { type Address, isAddressEqual } from "viem";
import { filterOf, isWithin, toFilter } from "./bloom.ts";
import { ChainMovedError } from "./errors.ts";
import type { ChainHabits } from "./habits.ts";
import type { Header } from "./header.ts";
import { receiptsRoot } from "./receiptsRoot.ts";

type Receipt = BlockReceipts[number];

/** The last transaction type whose receipts every chain encodes in the same way… */
const LAST_ORDINARY_TYPE = 4;
/** …and the type of the OP Stack's deposits, whose encoding is known, too. */
const DEPOSIT_TYPE = 0x7e;

/**
 * Checks a block's receipts against its header. Returns what is wrong with them, or `undefined` if nothing is. The receipts are sorted
 * first, as a node may return them in another order. The receipts root decides. Entries that a chain adds outside the root (Polygon's state
 * syncs use no gas and are not under it) may be left out if they hold nothing of the Marketplace. Two cases have no root to check against:
 * a chain whose roots never matched (not every chain computes roots as Ethereum does), and a block with transactions of a type whose
 * encoding is not known. There the receipts must be those of all transactions, with logs numbered without a gap and with every log that the
 * block's filter indicates.
 * @param onUnproven - called if the receipts are accepted although the chain's roots match and this one does not.
 *
 * @throws {@link ChainMovedError} when the receipts belong to another block.
 */
export function wrongInReceipts(
  receipts: BlockReceipts,
  {
    header,
    marketplace,
    habits,
    onUnproven = () => {},
  }: { header: Header; marketplace: Address; habits: ChainHabits; onUnproven?: () => void },
): string | undefined {
  if (!receipts.every(isReceipt)) return "a receipt cannot be read";
  const ofOthers = receipts.filter(({ blockHash }) => blockHash !== header.hash);
  if (ofOthers.length > 0) {
    if (ofOthers.length === receipts.length) throw new ChainMovedError(header.number);
    return "they are of several blocks";
  }
  const ordered = inOrder(receipts);
  const { transactions, receiptsRoot: expected } = header;
  const isOfAll =
    transactions === undefined ||
    (transactions.length === ordered.length &&
      transactions.every((hash, i) => hash === ordered[i]?.transactionHash));
  if (!isOfAll) return "they are not those of the block's transactions";
  if (expected !== undefined) {
    const free = ordered.filter(({ gasUsed }) => BigInt(gasUsed) === 0n);
    const isOurs = ({ logs }: Receipt) =>
      logs.some(({ address }) => isAddressEqual(address, marketplace));
    if (
      receiptsRoot(ordered) === expected ||
      (free.length > 0 &&
        !free.some(isOurs) &&
        receiptsRoot(ordered.filter((receipt) => !free.includes(receipt))) === expected)
    ) {
      habits.rooted = true;
      return undefined;
    }
    if (habits.rooted && ordered.every(hasKnownEncoding)) return "their root is another";
    if (habits.rooted) onUnproven();
  }
  return wrongInLogs(ordered, { header, marketplace, habits });
}

function wrongInLogs(
  receipts: BlockReceipts,
  { header, marketplace, habits }: { header: Header; marketplace: Address; habits: ChainHabits },
): string | undefined {
  const logs = receipts.flatMap((receipt) => receipt.logs);
  if (!logs.every(({ logIndex }, i) => Number(logIndex) === i)) return "logs are missing";
  const filter = toFilter(header.logsBloom);
  if (filter === undefined) return habits.filtered && logs.length > 0 ? "logs too many" : undefined;
  if (!isWithin(filter, filterOf(logs))) return "logs are missing that the block's filter tells of";
  const ours = logs.filter(({ address }) => isAddressEqual(address, marketplace));
  return isWithin(filterOf(ours), filter) ? undefined : "the block's filter does not tell of a log";
}

function hasKnownEncoding({ type }: Receipt): boolean {
  const kind = Number(type ?? 0);
  return kind <= LAST_ORDINARY_TYPE || kind === DEPOSIT_TYPE;
}

function inOrder(receipts: BlockReceipts): BlockReceipts {
  return receipts
    .map((receipt) => ({
      ...receipt,
      logs: receipt.logs.toSorted((a, b) => Number(a.logIndex) - Number(b.logIndex)),
    }))
    .sort((a, b) => Number(a.transactionIndex) - Number(b.transactionIndex));
}

const isHex = (value: unknown) => typeof value === "string" && /^0x([0-9a-fA-F]{2})*$/.test(value);
const isHash = (value: unknown) => isHex(value) && (value as string).length === 66;
const isNumber = (value: unknown) =>
  typeof value === "string" && /^0x[0-9a-fA-F]{1,16}$/.test(value);

function isReceipt(receipt: { [Key in keyof Receipt]?: unknown } | null): boolean {
  if (typeof receipt !== "object" || receipt === null) return false;
  const { blockHash, transactionHash, transactionIndex, logs, logsBloom } = receipt;
  const { cumulativeGasUsed, gasUsed, type = "0x0", status } = receipt;
  return (
    [blockHash, transactionHash].every(isHash) &&
    [transactionIndex, cumulativeGasUsed, gasUsed, type].every(isNumber) &&
    Number(type) < 0x80 &&
    (status === undefined || status === null || isNumber(status)) &&
    isHex(logsBloom) &&
    Array.isArray(logs) &&
    logs.every(isLog)
  );
}

function isLog(log: Record<string, unknown> | null): boolean {
  if (typeof log !== "object" || log === null) return false;
  const { address, topics, data, logIndex } = log;
  return (
    isHex(address) &&
    (address as string).length === 42 &&
    Array.isArray(topics) &&
    topics.every(isHash) &&
    isHex(data) &&
    isNumber(logIndex)
  );
}
