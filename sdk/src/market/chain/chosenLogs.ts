import {
  type Address,
  formatLog,
  type Hex,
  isAddress,
  isAddressEqual,
  type Log,
  type RpcLog,
} from "viem";
import { ChainDataError } from "../errors/market.ts";

/** A log of a block, not of one that is still to come. */
export type MinedLog = Log<bigint, number, false>;

export interface WantedLogs {
  address: Address;
  /** By place: one of these, exactly this, or any. */
  topics: readonly (readonly Hex[] | Hex | null)[];
  fromBlock: bigint;
  toBlock: bigint;
}

/**
 * An endpoint's answer as it should be: what was asked for and nothing else, each log once, in the order of the chain.
 *
 * @throws {@link ChainDataError} when a log cannot be read.
 */
export function chosenLogs(answer: unknown, wanted: WantedLogs): MinedLog[] {
  if (!Array.isArray(answer)) throw new ChainDataError("the logs are no list");
  const chosen = new Map<string, MinedLog>();
  for (const raw of answer) {
    const log = readLog(raw);
    if (isWanted(log, wanted)) chosen.set(`${log.blockHash} ${log.logIndex}`, log);
  }
  return inOrder([...chosen.values()]);
}

/** @throws {@link ChainDataError} */
export function readLog(raw: RpcLog): MinedLog {
  try {
    const log = formatLog(raw);
    const isRead =
      isAddress(log.address, { strict: false }) &&
      Array.isArray(log.topics) &&
      log.topics.every((topic) => isHash(topic)) &&
      isHash(log.blockHash) &&
      isHash(log.transactionHash) &&
      typeof log.blockNumber === "bigint" &&
      Number.isSafeInteger(log.logIndex) &&
      /^0x([0-9a-fA-F]{2})*$/.test(log.data);
    if (isRead) return inLowerCase(log as MinedLog);
  } catch {
    // Said below: whatever makes it unreadable, it is the endpoint's.
  }
  throw new ChainDataError("a log cannot be read");
}

/** Ids are compared as text, and a node may write the same bytes in another case. */
function inLowerCase(log: MinedLog): MinedLog {
  const lower = <T extends string>(text: T) => text.toLowerCase() as T;
  return {
    ...log,
    topics: log.topics.map(lower) as typeof log.topics,
    data: lower(log.data),
    blockHash: lower(log.blockHash),
    transactionHash: lower(log.transactionHash),
  };
}

function isWanted(log: MinedLog, { address, topics, fromBlock, toBlock }: WantedLogs): boolean {
  return (
    !log.removed &&
    log.blockNumber >= fromBlock &&
    log.blockNumber <= toBlock &&
    isAddressEqual(log.address, address) &&
    topics.every((allowed, i) => {
      const topic = log.topics[i]?.toLowerCase();
      if (allowed === null) return true;
      return [allowed].flat().some((one) => one.toLowerCase() === topic);
    })
  );
}

function inOrder(logs: MinedLog[]): MinedLog[] {
  return logs.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value);
}
