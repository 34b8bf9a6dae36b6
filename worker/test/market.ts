import type { Address, Hex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startChain, type TestChain } from "../../test/fixtures/chain.ts";
import { type Requester, type Started, startedThings, startRequester } from "./network.ts";

/** A chain of its own with a Marketplace, a jury and a proof arbiter, and a requester on it. */
export interface TestMarket {
  chain: TestChain;
  requester: Requester;
  jury: Address;
  proof: Address;
}

/**
 * Starts a market for each test of a file: nodes would attend to what another test has left open.
 * @param assign - takes the market of the next test.
 * @returns the things that a test has started. They end with it.
 */
export function marketForEachTest(assign: (market: TestMarket) => void): Started {
  const started = startedThings();
  beforeEach(async () => {
    const chain = await startChain();
    started.add(() => chain.stop());
    const [jury, proof] = [await chain.deployJury(), await chain.deployProof()];
    assign({ chain, jury, proof, requester: await startRequester(chain, started) });
  });
  afterEach(() => started.end());
  return started;
}

/** The same with one chain for all tests of a file, which is put back after each of them. */
export function marketForAllTests(assign: (market: TestMarket) => void): Started {
  const forAll = startedThings();
  const started = startedThings();
  let chain: TestChain;
  let jury: Address;
  let proof: Address;
  let clean: Hex;
  beforeAll(async () => {
    chain = await startChain();
    forAll.add(() => chain.stop());
    jury = await chain.deployJury();
    proof = await chain.deployProof();
  });
  beforeEach(async () => {
    clean = await chain.snapshot();
    assign({ chain, jury, proof, requester: await startRequester(chain, started) });
  });
  afterEach(async () => {
    await started.end();
    await chain.revert(clean);
  });
  afterAll(() => forAll.end());
  return started;
}

/** The same with one chain and one requester for all tests of a file, which find what the tests before them have left. */
export function marketForFile(assign: (market: TestMarket) => void): Started {
  const forAll = startedThings();
  const started = startedThings();
  beforeAll(async () => {
    const chain = await startChain();
    forAll.add(() => chain.stop());
    const [jury, proof] = [await chain.deployJury(), await chain.deployProof()];
    assign({ chain, jury, proof, requester: await startRequester(chain, forAll) });
  });
  afterEach(() => started.end());
  afterAll(() => forAll.end());
  return started;
}
