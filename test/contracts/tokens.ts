/** Reward tokens, honest and other. */
import { type Address, getAddress, getContract, type Hex, parseAbi } from "viem";
import type { Actor, Market } from "./market.ts";

export const tokenAbi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function balanceOf(address owner) view returns (uint256)",
  "function nonces(address owner) view returns (uint256)",
  "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
  "function behave(uint8 manner)",
  "function rebase(uint256 tenths)",
  "function callBack(address target, bytes payload)",
  "function calledBack() view returns (bool)",
  "function answer() view returns (bytes)",
]);

export const TokenManner = {
  proper: 0,
  silent: 1,
  false: 2,
  feeOnTransfer: 3,
  bonusOnTransfer: 4,
  lying: 5,
  reverting: 6,
  callingBack: 7,
} as const;

export async function deployToken(market: Market, name: "PlainToken" | "HostileToken") {
  const { network, client, requester } = market;
  const { address } = await network.viem.deployContract(name);
  const as = async (owner: Actor) => {
    const wallet = await network.viem.getWalletClient(owner.address);
    return getContract({ abi: tokenAbi, address, client: { public: client, wallet } });
  };
  const token = await as(requester);
  return {
    address: getAddress(address),
    read: token.read,
    /** Calls of the requester. */
    write: token.write,
    as,
    balanceOf: (owner: Address) => token.read.balanceOf([owner]),
    /** Gives the requester tokens, and the Marketplace leave to take them. */
    async fund(amount: bigint): Promise<void> {
      await token.write.mint([requester.address, amount]);
      await token.write.approve([market.address, amount]);
    },
  };
}

export type Token = Awaited<ReturnType<typeof deployToken>>;

/** A signature over an allowance for the Marketplace. */
export async function signPermit(
  market: Market,
  token: Token,
  value: bigint,
  deadline: bigint,
): Promise<{ deadline: bigint; v: number; r: Hex; s: Hex }> {
  const owner = market.requester.address;
  const wallet = await market.network.viem.getWalletClient(owner);
  const signature = await wallet.signTypedData({
    domain: {
      name: "Plain",
      version: "1",
      chainId: await market.client.getChainId(),
      verifyingContract: token.address,
    },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: {
      owner,
      spender: market.address,
      value,
      nonce: await token.read.nonces([owner]),
      deadline,
    },
  });
  return {
    deadline,
    r: `0x${signature.slice(2, 66)}`,
    s: `0x${signature.slice(66, 130)}`,
    v: Number(`0x${signature.slice(130, 132)}`),
  };
}
