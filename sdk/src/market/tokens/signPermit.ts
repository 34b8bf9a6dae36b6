import { domainSeparator, type Hex, parseSignature } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { readContract } from "../chain/read.ts";
import type { ChainContext, Wallet } from "../context/marketContext.ts";
import { isRefusal } from "../errors/refusal.ts";
import type { Allowance } from "./approveTokens.ts";
import { tokenAbi } from "./tokenAbi.ts";

/** A signature over an allowance, as the Marketplace takes it. */
export interface Permit {
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

const VALID_SECONDS = 3600n;

const types = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/**
 * Signs an allowance over `amount` (ERC-2612), or gives `undefined` when the token has no such permit: none at all, one in another
 * form, or one whose domain cannot be found out.
 */
export async function signPermit(
  client: ChainContext,
  wallet: Wallet,
  { token, owner, spender, amount: value }: Allowance,
  { signal }: AbortOptions,
): Promise<Permit | undefined> {
  const contract = { address: token, abi: tokenAbi };
  const nonce = await ifOffered(readContract(client, contract, "nonces", [owner], { signal }));
  const domain = await readDomain(client, { token, signal });
  if (nonce === undefined || domain === undefined) return undefined;

  const { timestamp } = await abortable(client.public.getBlock(), signal);
  const deadline = timestamp + VALID_SECONDS;
  const message = { owner, spender, value, nonce, deadline };
  const signature = await abortable(
    wallet.signTypedData({ domain, types, primaryType: "Permit", message }),
    signal,
  );
  const { r, s, yParity } = parseSignature(signature);
  const v = yParity + 27;
  // A permit of another form has the same nonces and domain: only trying tells.
  const attempt = client.public.simulateContract({
    ...{ ...contract, functionName: "permit", account: wallet.account },
    args: [owner, spender, value, deadline, v, r, s],
  });
  const works = await ifOffered(abortable(attempt, signal));
  return works === undefined ? undefined : { deadline, v, r, s };
}

/** The domain that the token's signatures are for, if it is the usual one: it has to hash to what the token says. */
async function readDomain(
  client: ChainContext,
  { token, signal }: Pick<Allowance, "token"> & AbortOptions,
) {
  const contract = { address: token, abi: tokenAbi };
  const separator = await ifOffered(
    readContract(client, contract, "DOMAIN_SEPARATOR", [], { signal }),
  );
  if (separator === undefined) return undefined;
  // EIP-5267 is the exact answer; tokens from before it have at least a name.
  const offered = await ifOffered(readContract(client, contract, "eip712Domain", [], { signal }));
  const name =
    offered?.[1] ?? (await ifOffered(readContract(client, contract, "name", [], { signal })));
  if (name === undefined) return undefined;
  const version =
    offered?.[2] ??
    (await ifOffered(readContract(client, contract, "version", [], { signal }))) ??
    "1";
  const domain = { name, version, chainId: client.public.chain.id, verifyingContract: token };
  return domainSeparator({ domain }) === separator ? domain : undefined;
}

/** `undefined` when the contract has no such function, or refuses. */
async function ifOffered<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
