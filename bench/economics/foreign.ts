/** Disputes that no Marketplace of the jury's has opened: what they cost honest jurors. */
import { getContract, type Hex, toFunctionSelector } from "viem";
import { juryArbiterAbi } from "../../sdk/src/generated/juryArbiterAbi.ts";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { startCourt } from "../../test/contracts/dispute.ts";
import {
  commitmentOf,
  DAY,
  deployMarketplace,
  ETHER,
  hashTerms,
  spec,
} from "../../test/contracts/market.ts";
import { resultsOf } from "../../test/contracts/results.ts";
import type { Random } from "../../test/fixtures/random.ts";

const TICKET = 10n ** 16n;
const SEAT_FEE = 10n ** 15n;
const notMarketplace = "JuryArbiter_NotMarketplace";
const REFUSED = new RegExp(
  `${notMarketplace}|${toFunctionSelector(`${notMarketplace}(address,address)`)}`,
);

/** Honest jurors of a pool at random, before and after attackers have opened what they could. Nobody of the honest ever hears of it. */
export async function foreignDisputeLoss(random: Random): Promise<{ loss: bigint; tried: number }> {
  const court = await startCourt();
  const { network, client } = court;
  const { address: randomness } = await network.viem.deployContract("BlockRandomness", [5n]);
  const { address } = await network.viem.deployContract("JuryArbiter", [
    {
      marketplace: court.address,
      randomness,
      ticketWei: TICKET,
      seatFeeWei: SEAT_FEE,
      jurySize: 3,
      noShowSlashBps: 3000,
      minoritySlashBps: 2000,
      epochSeconds: 3600,
      commitSeconds: 3600,
      revealSeconds: 3600,
      appealSeconds: DAY,
      unbondingSeconds: 7 * DAY,
    },
  ]);
  const wallets = await network.viem.getWalletClients();
  const juryOf = (index: number) => {
    const wallet = wallets[index];
    if (wallet === undefined) throw new Error(`The chain has no account ${index}`);
    return getContract({ abi: juryArbiterAbi, address, client: { public: client, wallet } });
  };
  const jurors = Array.from({ length: 3 + random.below(8) }, (_, i) => 6 + i);
  let staked = 0n;
  for (const index of jurors) {
    const value = TICKET * BigInt(1 + random.below(5));
    await juryOf(index).write.deposit({ value });
    staked += value;
  }
  const invented = await court.challenge();
  await court.at(Number((await client.getBlock()).timestamp) + 7200);

  // Invented by an account, and opened by a Marketplace of the attacker's own, with this jury as arbiter.
  const attempts: (() => Promise<Hex>)[] = Array.from(
    { length: 5 },
    (_, i) => () =>
      juryOf(5).write.open([{ ...invented, position: i, fee: 3n * SEAT_FEE }], {
        value: 3n * SEAT_FEE,
      }),
  );
  const own = await deployMarketplace(network.viem);
  attempts.push(() => challengeAt(own.address));
  for (const attempt of attempts) {
    const error: unknown = await attempt().catch((reason: unknown) => reason);
    // By name where the ABI has it, else by its selector.
    if (!(error instanceof Error) || !REFUSED.test(error.message)) {
      throw new Error("An invented dispute was opened, or refused for another reason", {
        cause: error,
      });
    }
  }
  await court.at(Number((await client.getBlock()).timestamp) + 30 * DAY);
  let left = 0n;
  for (const index of jurors) {
    const owner = wallets[index]?.account.address;
    if (owner !== undefined) left += (await juryOf(index).read.juror([owner])).stake;
  }
  return { loss: staked - left, tried: attempts.length };

  async function challengeAt(marketplace: Hex): Promise<Hex> {
    const [attacker] = wallets.slice(5);
    if (attacker === undefined) throw new Error("The chain has no accounts");
    const market = getContract({
      abi: marketplaceAbi,
      address: marketplace,
      client: { public: client, wallet: attacker },
    });
    const requester = attacker.account.address;
    const terms = { ...court.terms, requester, arbiter: address };
    const results = resultsOf(terms, 0);
    await market.write.post([terms, spec], { value: 10n * terms.rewardPerTask });
    await market.write.deposit({ value: ETHER });
    await market.write.claim([terms, 0]);
    await market.write.submit([hashTerms(terms), 0, results.root, spec.manifest]);
    const question = { ...court.question({ resultRoot: results.root }), job: hashTerms(terms) };
    await market.write.prepare([commitmentOf(requester, question)], { value: ETHER });
    const { leaf, proof } = results.open(1);
    return market.write.challenge([terms, question, leaf, proof], { value: ETHER });
  }
}
