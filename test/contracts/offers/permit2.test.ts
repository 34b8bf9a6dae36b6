import { type Hex, maxUint256, parseAbi } from "viem";
import { beforeEach, expect, it } from "vitest";
import { type Offer, PERMIT2, permit2TypedData } from "../../../sdk/src/index.ts";
import permit2 from "../../fixtures/permit2.json" with { type: "json" };
import { deployToken, type Token } from "../tokens.ts";
import { type OfferMarket, offerOf, REWARD, startOffers, takeArgs, UNTIL } from "./offers.ts";

const abi = parseAbi([
  "struct TokenPermissions { address token; uint256 amount; }",
  "struct PermitTransferFrom { TokenPermissions permitted; uint256 nonce; uint256 deadline; }",
  "struct SignatureTransferDetails { address to; uint256 requestedAmount; }",
  "function permitWitnessTransferFrom(PermitTransferFrom permit, SignatureTransferDetails transferDetails, address owner, bytes32 witness, string witnessTypeString, bytes signature)",
]);
const WITNESS = "bytes32 offer)TokenPermissions(address token,uint256 amount)";

let market: OfferMarket;
let token: Token;
beforeEach(async () => {
  market = await startOffers();
  // Its constructor runs where it is on every chain, and gives the code that is there.
  const { networkHelpers } = market.network;
  await networkHelpers.setCode(PERMIT2, permit2.creationCode as Hex);
  const { data } = await market.client.call({ to: PERMIT2, data: "0x" });
  await networkHelpers.setCode(PERMIT2, data ?? "0x");
  token = await deployToken(market, "PlainToken");
  await token.write.mint([market.requester.address, 10n * REWARD]);
  await token.write.approve([PERMIT2, maxUint256]);
});

const offer = (salt = 1n): Offer =>
  offerOf(market.requester.address, { nonce: salt, terms: { token: token.address, salt } });

async function paid(about: Offer, amount: bigint, nonce = 0n) {
  const deadline = BigInt(UNTIL);
  const digest = market.digestOf(about);
  const typed = permit2TypedData({
    ...market.domain,
    ...{ offer: digest, token: token.address, amount, nonce, deadline },
  });
  const wallet = await market.network.viem.getWalletClient(market.requester.address);
  const signature = await wallet.signTypedData(typed);
  return { source: "permit2", permit: { amount, nonce, deadline, signature } } as const;
}

it("pays an offer from tokens that the requester signed for, and takes no more than it costs", async () => {
  const about = offer();
  const payment = await paid(about, 9n * REWARD);
  await market.worker.write.take(takeArgs(market, await market.signOffer(about), { payment }));
  expect(await token.balanceOf(market.requester.address)).toBe(9n * REWARD);
  expect(await token.balanceOf(market.address)).toBe(REWARD);
  expect(await token.balanceOf(market.offers)).toBe(0n);
  expect(await market.read.credit([market.requester.address, token.address])).toBe(0n);
});

it("is good for the offer that it names, and for no other", async () => {
  const payment = await paid(offer(1n), REWARD);
  const other = await market.signOffer(offer(2n));
  await expect(market.worker.write.take(takeArgs(market, other, { payment }))).rejects.toThrow();
  expect(await token.balanceOf(market.requester.address)).toBe(10n * REWARD);
});

it("pays no more than it permits", async () => {
  const about = offer();
  const payment = await paid(about, REWARD - 1n);
  await expect(
    market.worker.write.take(takeArgs(market, await market.signOffer(about), { payment })),
  ).rejects.toThrow();
});

it("is for this contract alone: nobody else can use the signature", async () => {
  const about = offer();
  const payment = await paid(about, REWARD);
  const { requester, stranger } = market;
  const { amount, nonce, deadline, signature } = payment.permit;
  const args = [
    { permitted: { token: token.address, amount }, nonce, deadline },
    { to: stranger.address, requestedAmount: amount },
    ...([requester.address, market.digestOf(about), WITNESS, signature] as const),
  ] as const;
  const wallet = await market.network.viem.getWalletClient(stranger.address);
  await expect(
    wallet.writeContract({
      abi,
      address: PERMIT2,
      functionName: "permitWitnessTransferFrom",
      args,
    }),
  ).rejects.toThrow();
  expect(await token.balanceOf(stranger.address)).toBe(0n);
  expect(await token.balanceOf(requester.address)).toBe(10n * REWARD);
});
