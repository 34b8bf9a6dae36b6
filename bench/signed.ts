/**
 * What it costs to have a call brought by somebody else, with a signature: the gas of the whole transaction, over that of the same call
 * made by the account itself. Both find the same slots in use, and the same ones new.
 */
import { type Hex, keccak256, stringToHex, zeroAddress } from "viem";
import {
  cid,
  DAY,
  ETHER,
  GENESIS,
  hashTerms,
  spec,
  startMarket,
  termsOf,
} from "../test/contracts/market.ts";
import { bring, encode } from "../test/contracts/seam.ts";

const names = ["post", "claim", "submit", "release", "withdraw"] as const;
type Name = (typeof names)[number];

/** `signedPost` is of an account that has used a nonce of the same 256 before; `signedPostFirst` of its first nonce of them. */
export type SignedFigure = `signed${Capitalize<Name>}${"" | "First"}`;

interface Call {
  data: Hex;
  value: bigint;
}

/** Gas over the plain call. */
export async function signedGas(): Promise<Record<SignedFigure, number>> {
  const market = await startMarket();
  const { worker: account, stranger: relayer, requester } = market;
  const wallet = await market.network.viem.getWalletClient(account.address);
  const terms = termsOf(account.address, { taskCount: 100, batchSize: 1 });
  const value = terms.rewardPerTask * 100n;
  await account.write.post([terms, spec], { value });
  await account.write.deposit({ value: ETHER });

  let batch = 0;
  let salt = 0n;
  const claimed = async () => {
    await account.write.claim([terms, ++batch]);
    return batch;
  };
  /** The next call of its kind, with all that has to come before it. */
  const ready: Record<Name, () => Promise<Call>> = {
    post: async () => ({ data: encode("post", [{ ...terms, salt: ++salt }, spec]), value }),
    claim: async () => ({ data: encode("claim", [terms, ++batch]), value: 0n }),
    async submit() {
      const root = keccak256(stringToHex(`root ${await claimed()}`));
      const results = cid(`results ${batch}`, "dag-cbor");
      return { data: encode("submit", [hashTerms(terms), batch, root, results]), value: 0n };
    },
    release: async () => ({ data: encode("release", [terms, await claimed()]), value: 0n }),
    async withdraw() {
      await requester.write.addCredit([account.address, zeroAddress, ETHER], { value: ETHER });
      return { data: encode("withdraw", [zeroAddress, account.address]), value: 0n };
    },
  };

  const gas = async (hash: Promise<Hex>) => Number((await market.receipt(hash)).gasUsed);
  const plain = async (call: Call) => gas(wallet.sendTransaction({ to: market.address, ...call }));
  const deadline = BigInt(GENESIS + DAY);
  const signed = async ({ data, value: sent }: Call, nonce: bigint) =>
    gas(bring(market, account, relayer, data, { value: sent, nonce, deadline }));

  const figures: Partial<Record<SignedFigure, number>> = {};
  for (const [i, name] of names.entries()) {
    const title = `${name[0]?.toUpperCase()}${name.slice(1)}` as Capitalize<Name>;
    // Some slots are new the first time.
    await plain(await ready[name]());
    const alone = await plain(await ready[name]());
    const word = 256n * BigInt(i + 1);
    figures[`signed${title}First`] = (await signed(await ready[name](), word)) - alone;
    figures[`signed${title}`] = (await signed(await ready[name](), word + 1n)) - alone;
  }
  return figures as Record<SignedFigure, number>;
}
