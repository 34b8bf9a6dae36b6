import {
  type Address,
  BaseError,
  ContractFunctionZeroDataError,
  decodeFunctionResult,
  ExecutionRevertedError,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
} from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import type { ChainContext, MarketContext, Wallet } from "../context/marketContext.ts";
import {
  MarketplaceMismatchError,
  MarketplaceNotFoundError,
  WrongChainError,
} from "../errors/deployment.ts";

/** What a Marketplace says of itself (EIP-5267). */
const DOMAIN = { name: "Assay Marketplace", version: "1" };

type Target = Pick<MarketContext, "public" | "marketplace">;

/** The checks that went well, or are under way, by client and address. */
const checks = new WeakMap<object, Map<Address, Promise<void>>>();

/**
 * Whether the client's chain has a Marketplace at its address: asked once, before anything is read, written or looked for in logs. Without it,
 * a call to an address without code seems to succeed, and there seem to be no events.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError}
 */
export function requireMarketplace(client: Target, signal: AbortSignal | undefined): Promise<void> {
  const { public: node, marketplace } = client;
  const known = checks.get(node) ?? new Map<Address, Promise<void>>();
  checks.set(node, known);
  let check = known.get(marketplace);
  if (check === undefined) {
    check = checkMarketplace(client);
    known.set(marketplace, check);
    // What failed may go well the next time.
    check.catch(() => known.delete(marketplace));
  }
  return abortable(check, signal);
}

/**
 * The error of a read, as it is to be thrown: an empty answer means that there was no Marketplace, at that block or any more.
 */
export async function explainEmpty(
  client: Target,
  error: unknown,
  { blockNumber, signal }: { blockNumber?: bigint | undefined; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const isEmpty = (cause: unknown) => cause instanceof ContractFunctionZeroDataError;
  if (!(error instanceof BaseError) || error.walk(isEmpty) === null) return error;
  checks.get(client.public)?.delete(client.marketplace);
  try {
    await requireMarketplace(client, signal);
  } catch (explained) {
    return explained;
  }
  const chainId = client.public.chain.id;
  return new MarketplaceNotFoundError(
    client.marketplace,
    { chainId, blockNumber },
    { cause: error },
  );
}

/**
 * Whether the wallet is on the client's chain. One that keeps its keys to itself may be switched to another at any time.
 *
 * @throws {@link WrongChainError}
 */
export async function requireWalletChain(
  { public: node }: Pick<ChainContext, "public">,
  wallet: Wallet,
): Promise<void> {
  if (wallet.account.type === "local") return;
  const [expected, actual] = [node.chain.id, await wallet.getChainId()];
  if (actual !== expected) throw new WrongChainError("wallet", { expected, actual });
}

async function checkMarketplace(client: Target): Promise<void> {
  const { public: node, marketplace } = client;
  const chainId = node.chain.id;
  const data = encodeFunctionData({ abi: marketplaceAbi, functionName: "eip712Domain" });
  let answer: Hex | undefined;
  try {
    ({ data: answer } = await node.call({ to: marketplace, data }));
  } catch (error) {
    const isRevert = (cause: unknown) => cause instanceof ExecutionRevertedError;
    if (!(error instanceof BaseError) || error.walk(isRevert) === null) throw error;
    throw await explain(client, "it refuses to say what it is", error);
  }
  if (answer === undefined || answer === "0x") {
    throw await explain(client, "it does not say what it is", undefined);
  }
  const domain = read(answer);
  if (domain === undefined) throw await explain(client, "it does not say what it is", undefined);
  const [, name, version, onChain, address] = domain;
  const actual = Number(onChain);
  if (actual !== chainId) throw new WrongChainError("endpoint", { expected: chainId, actual });
  if (name !== DOMAIN.name || !isAddressEqual(address, marketplace)) {
    throw new MarketplaceMismatchError(marketplace, { chainId, found: `it is ${shown(name)}` });
  }
  if (version !== DOMAIN.version) {
    throw new MarketplaceMismatchError(marketplace, {
      chainId,
      found: `it is version ${shown(version)}, not ${DOMAIN.version}`,
    });
  }
}

function read(data: Hex) {
  try {
    return decodeFunctionResult({ abi: marketplaceAbi, functionName: "eip712Domain", data });
  } catch {
    return undefined; // a contract that answers everything with something else
  }
}

/** A stranger's text, fit for a message. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Why there is no Marketplace. */
async function explain(
  { public: node, marketplace }: Target,
  found: string,
  cause: unknown,
): Promise<Error> {
  const expected = node.chain.id;
  const [actual, code] = await Promise.all([
    node.getChainId(),
    node.getCode({ address: marketplace }),
  ]);
  if (actual !== expected) return new WrongChainError("endpoint", { expected, actual });
  const isThere = code !== undefined && code !== "0x";
  return isThere
    ? new MarketplaceMismatchError(marketplace, { chainId: actual, found }, { cause })
    : new MarketplaceNotFoundError(marketplace, { chainId: actual }, { cause });
}
