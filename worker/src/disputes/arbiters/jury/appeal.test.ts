import {
  createJuryClient,
  type Dispute,
  type DisputeId,
  type JobHandle,
  type JuryClient,
  type MarketClient,
  Outcome,
  putBytes,
  Ruling,
  verdictCommitment,
} from "@assay/sdk";
import { type Address, keccak256, stringToHex } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, type TestChain } from "../../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../../test/fixtures/market.ts";
import { disputesOn, STAKE } from "../../../../test/disputes.ts";
import { marketForAllTests } from "../../../../test/market.ts";
import { accountOf, next, type Requester } from "../../../../test/network.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const forTest = marketForAllTests((market) => {
  ({ chain, requester, jury } = market);
});

const { client, mineBlocks, post, start } = disputesOn(() => ({
  ...{ chain, requester, jury, started: forTest },
}));

/** Accounts 6 to 15: enough for a panel of three and, without those, one of seven. */
const JURORS = Array.from({ length: 10 }, (_, i) => 6 + i);
const SALT = keccak256(stringToHex("a juror's secret"));

/** Jurors that say what they are told to. */
async function obedientJurors(): Promise<Map<string, JuryClient>> {
  const jurors = new Map<string, JuryClient>();
  for (const index of JURORS) {
    const juror = createJuryClient(client(index), jury);
    await juror.deposit({ amount: localJuryParameters.ticketWei });
    jurors.set(accountOf(chain, index).address, juror);
  }
  await chain.increaseTime(localJuryParameters.epochSeconds);
  return jurors;
}

/** Draws the current panel, and has all of it say the same. */
async function sayAll(
  jurors: Map<string, JuryClient>,
  {
    id,
    dispute,
    panel,
    verdict,
  }: { id: DisputeId; dispute: Dispute; panel: number; verdict: Ruling },
): Promise<number> {
  const [any] = jurors.values();
  if (any === undefined) throw new RangeError("no jurors");
  await expect
    .poll(async () => {
      const { randomness } = await any.getStanding({ id });
      return any.getDrawProof({ randomness }).catch(() => undefined);
    })
    .toBe("0x");
  await any.draw({ dispute });
  const { jurors: seats } = await any.getPanel({ id, panel });
  const of = (juror: Address) => {
    const found = jurors.get(juror);
    if (found === undefined) throw new RangeError(`${juror} is no juror of ours`);
    return found;
  };
  // One with several seats says it once for all of them.
  for (const juror of new Set(seats)) {
    const vote = { verdict, salt: SALT, juror, id, panel, jury, chainId: chain.chain.id };
    const commitment = verdictCommitment(vote);
    await of(juror).commit({ id, panel, commitment });
  }
  for (const juror of new Set(seats)) await of(juror).reveal({ id, panel, verdict, salt: SALT });
  return seats.length;
}

/** Both results are another's words; everybody can fetch them. */
async function submitLie(liar: MarketClient, job: JobHandle): Promise<void> {
  await workBatch(liar, job, 0, async (entries, content) => {
    const cid = await putBytes(content, Uint8Array.of(66));
    entries.fill({ outcome: Outcome.ok, cid, byteLength: 1 });
  });
  const { results } = await liar.getSubmission({ jobId: job.jobId, batch: 0 });
  await requester.peer.content.provide(results);
}

test("a wrong ruling of the first panel is appealed, overturned by the larger one, and paid back", async () => {
  const jurors = await obedientJurors();
  const liar = client(2);
  await liar.deposit({ amount: STAKE });
  const auditor = await start({ account: 3, roles: ["auditor"] });
  const challenged = next(auditor, "batch challenged");
  const appealed = next(auditor, "ruling appealed");
  const resolved = next(auditor, "dispute resolved");
  const repaid = next(auditor, "juror credit withdrawn");
  const job = await post();
  await submitLie(liar, job);
  mineBlocks();
  const { id } = await challenged;
  const { market } = requester;
  const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
  const events = await market.getMarketEvents({ fromBlock: job.blockNumber, toBlock });
  const opened = events.find((event) => event.type === "batchChallenged");
  if (opened === undefined) throw new Error("no challenge");
  const said = { id, dispute: opened.dispute };

  expect(await sayAll(jurors, { ...said, panel: 0, verdict: Ruling.workerRight })).toBe(3);
  const appealFee = 7n * localJuryParameters.seatFeeWei;
  expect(await appealed).toMatchObject({ id, ruling: Ruling.workerRight, feeWei: appealFee });
  expect(await sayAll(jurors, { ...said, panel: 2, verdict: Ruling.workerWrong })).toBe(7);
  expect(await resolved).toMatchObject({ id, ruling: Ruling.workerWrong });
  expect(await liar.getAccount()).toMatchObject({ slashedBatches: 1 });
  // Three tickets' worth of being in the minority is more than the fee.
  expect((await repaid).amountWei).toBe(appealFee);
});
