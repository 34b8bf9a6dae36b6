import {
  cidOf,
  createJuryClient,
  Ground,
  type JobId,
  marketplaceAbi,
  merkleRoot,
  Outcome,
  Ruling,
  resultLeaf,
} from "@assay/sdk";
import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  keccak256,
  zeroAddress,
  zeroHash,
} from "viem";
import { afterEach, expect, test } from "vitest";
import {
  localJuryParameters,
  localParameters,
  startChain,
  type TestChain,
} from "../../../../test/fixtures/chain.ts";
import { disputesOn, STAKE } from "../../../test/disputes.ts";
import { next, type Requester, startedThings, startRequester } from "../../../test/network.ts";

const started = startedThings();
let chain: TestChain;
let requester: Requester;
let jury: Address;
afterEach(() => started.end());

const { client, mineBlocks, prepare, startJurors } = disputesOn(() => ({
  ...{ chain, requester, jury, started },
}));

const specParameters = marketplaceAbi
  .flatMap((item) => (item.type === "function" && item.name === "post" ? item.inputs : []))
  .slice(1);

/** A job whose program and inputs have names that nobody can fetch by: the chain takes them, and nodes do not keep it. */
async function postUnfetchable(worker: ReturnType<typeof client>) {
  const { market } = requester;
  const wallet = market.wallet;
  if (wallet === undefined) throw new TypeError("the requester has an account");
  const sha3 = { prefix: "0x01551620", digest: keccak256("0x01") } as const;
  const spec = {
    ...{ program: sha3, manifest: sha3, inputRoot: keccak256("0x02"), memoryPages: 1 },
    ...{ maxResultBytes: 1, maxSteps: 1n, machineRoot: zeroHash },
  };
  const { timestamp } = await market.public.getBlock();
  const terms = {
    ...{ requester: wallet.account.address, token: zeroAddress, arbiter: jury },
    ...{ taskCount: 1, batchSize: 1, rewardPerTask: 1n, stakePerBatch: STAKE, minScore: 0 },
    ...{ claimUntil: Number(timestamp) + 3_600, submitWindowSeconds: 600, salt: 0n },
    challengeWindowSeconds: localParameters.minChallengeWindowSeconds,
    specHash: keccak256(encodeAbiParameters(specParameters, [spec] as never)),
  };
  const contract = { address: market.marketplace, abi: marketplaceAbi } as const;
  await wallet.writeContract({
    ...{ ...contract, functionName: "post", args: [terms, spec], value: 1n },
  });
  const jobId: JobId = await market.public.readContract({
    ...{ ...contract, functionName: "jobId", args: [terms] },
  });
  await worker.claim({ terms, batch: 0 });
  return { jobId, terms };
}

test("a juror hears of a dispute about a job that it does not know, votes undecided, and loses nothing", async () => {
  chain = await startChain();
  started.add(() => chain.stop());
  jury = await chain.deployJury();
  requester = await startRequester(chain, started);
  const jurors = await startJurors([5, 6, 7]);
  const heard = jurors.map((juror) => next(juror, "dispute heard"));
  const revealed = jurors.map((juror) => next(juror, "verdict revealed"));

  const worker = client(2);
  await worker.deposit({ amount: STAKE });
  const { jobId, terms } = await postUnfetchable(worker);
  // A tree of one leaf: a trap, which has nothing to fetch.
  const leaf = {
    position: 0,
    outcome: 2,
    cid: { prefix: "0x00000000", digest: zeroHash },
    byteLength: 0,
  } as const;
  const hash = resultLeaf(0, { outcome: Outcome.trap });
  const resultRoot = bytesToHex(merkleRoot([hash]));
  await worker.submit({ jobId, batch: 0, resultRoot, results: cidOf(hash) });
  await chain.increaseTime(1);
  const challenger = client(4);
  const asked = { job: jobId, batch: 0, position: 0, resultRoot };
  const { question, prepared } = await prepare(
    challenger,
    { terms },
    {
      ...{ ...asked, ground: Ground.wrongResult, answer: jobId },
    },
  );
  const { id } = await challenger.challenge({ terms, question, leaf, proof: [], prepared });
  mineBlocks();
  expect(await Promise.all(heard)).toEqual(jurors.map(() => ({ id, jobId, batch: 0 })));
  expect((await Promise.all(revealed)).map(({ verdict }) => verdict)).toEqual(
    jurors.map(() => Ruling.undecided),
  );
  const reader = createJuryClient(requester.market, jury);
  const settled = jurors.map((juror) => next(juror, "juror credit withdrawn"));
  await chain.increaseTime(localJuryParameters.appealSeconds);
  expect((await Promise.all(settled)).map(({ amountWei }) => amountWei)).toEqual(
    jurors.map(() => localJuryParameters.seatFeeWei),
  );
  for (const { address: account } of jurors) {
    expect(await reader.getJuror({ account })).toMatchObject({
      stake: localJuryParameters.ticketWei,
    });
  }
});
