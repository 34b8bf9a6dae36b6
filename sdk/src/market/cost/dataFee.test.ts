import { createTestClient, http, numberToHex, parseEther } from "viem";
import { anvil } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { BATCH_GAS, batchDataFee, dataFeeOf, postDataFee } from "../../index.ts";

let market: TestMarket;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

/** Contracts of the OP stack, whose addresses are the same on all of its chains. */
const ORACLE = "0x420000000000000000000000000000000000000F";

/** Code that answers every call with what it costs: as many wei as the call has bytes, times a thousand. */
const ORACLE_CODE = "0x366103e8025f5260205ff3";

/** A client that has not looked for the oracle yet. */
const client = () => market.client(1);

test("a chain without the oracle of a rollup charges nothing for data", async () => {
  expect(await batchDataFee(client())).toBe(0n);
  expect(await postDataFee(client())).toBe(0n);
});

test("where there is one, it is asked for each transaction; floor and quote have it in them", async () => {
  const before = await client().quote({ taskCount: 4, batchSize: 2 });
  const { chain, transport } = { chain: anvil, transport: http(market.chain.rpcUrl) };
  const rollup = createTestClient({ chain, transport, mode: "anvil" });
  await rollup.setCode({ address: ORACLE, bytecode: ORACLE_CODE });
  const fee = await dataFeeOf(client(), [numberToHex(1, { size: 100 }), "0x"]);
  // Each call has the transaction, with its signature's place, in an argument of whole words.
  expect(fee).toBeGreaterThan(100_000n);
  expect(fee % 1_000n).toBe(0n);
  const batch = await batchDataFee(client());
  expect(batch).toBeGreaterThan(3n * fee);
  await rollup.setNextBlockBaseFeePerGas({ baseFeePerGas: 1n });
  await rollup.mine({ blocks: 1 });
  const quote = await client().quote({ taskCount: 4, batchSize: 2 });
  expect(quote.fees.batch).toBe(BATCH_GAS * quote.gasPrice + batch);
  expect(quote.fees.post).toBe(quote.gas.post * quote.gasPrice + (await postDataFee(client())));
  expect(quote.fees.job).toBe(quote.fees.post + 2n * quote.fees.batch);
  expect(quote.leastRewardPerTask).toBe((quote.fees.batch + 1n) / 2n);
  expect(before.fees.batch).toBe(BATCH_GAS * before.gasPrice);
  expect(quote.fees.batch).toBeLessThan(parseEther("1"));
});
