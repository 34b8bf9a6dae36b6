/** Calls in another's name: made by an operator, or signed. */
import type {
  Abi,
  AbiStateMutability,
  ContractFunctionArgs,
  ContractFunctionName,
  Hex,
  TypedDataDomain,
} from "viem";
import { encodeFunctionData } from "viem";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import type { Actor, Market } from "./market.ts";

export const Right = { request: 1n, work: 2n, question: 4n, stake: 8n, payout: 16n } as const;
export const ALL_RIGHTS = 31n;

export type SignedCall = ContractFunctionArgs<typeof marketplaceAbi, "payable", "callSigned">[0];

/** What a signed call is good until, unless a test is about that. */
export const FOREVER = 2n ** 256n - 1n;

type Name = ContractFunctionName<typeof marketplaceAbi>;

export function encode<const N extends Name>(
  functionName: N,
  args: ContractFunctionArgs<typeof marketplaceAbi, AbiStateMutability, N>,
): Hex {
  return encodeFunctionData<Abi, string>({
    abi: marketplaceAbi,
    functionName,
    args: args as readonly unknown[],
  });
}

/** The signature of a key over a call: by that key's account for itself, unless the call names another. */
export async function signCall(
  market: Market,
  signer: Actor,
  call: SignedCall,
  domain: TypedDataDomain = {},
): Promise<Hex> {
  const wallet = await market.network.viem.getWalletClient(signer.address);
  return wallet.signTypedData({
    domain: {
      name: "Assay Marketplace",
      version: "1",
      chainId: await market.client.getChainId(),
      verifyingContract: market.address,
      ...domain,
    },
    types: {
      Call: [
        { name: "account", type: "address" },
        { name: "data", type: "bytes" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Call",
    message: call,
  });
}

/** Signs a call for its own account, and lets another bring it. */
export async function bring(
  market: Market,
  signer: Actor,
  relayer: Actor,
  data: Hex,
  { nonce = 0n, value = 0n, account = signer.address, deadline = FOREVER } = {},
): Promise<Hex> {
  const call = { account, data, value, nonce, deadline };
  const signature = await signCall(market, signer, call);
  return relayer.write.callSigned([call, signature], { value });
}
