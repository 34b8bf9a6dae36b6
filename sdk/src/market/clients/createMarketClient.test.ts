import { http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvil } from "viem/chains";
import { expect, test } from "vitest";
import { createMarketClient } from "../../index.ts";

const chain = anvil;
const transport = http("http://127.0.0.1:1");
const marketplace = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

test("a chain without a known deployment needs an address", () => {
  expect(() => createMarketClient({ chain, transport })).toThrow(
    expect.objectContaining({ code: "DEPLOYMENT_UNKNOWN" }),
  );
});

test("a client carries what it was made of, and every action", () => {
  const account = privateKeyToAccount(`0x${"01".repeat(32)}`);
  const client = createMarketClient({ chain, transport, account, marketplace });
  expect(client).toMatchObject({ marketplace, confirmations: 1, pollingIntervalMs: 1000 });
  expect(client.public.chain).toBe(chain);
  expect(client.wallet?.account.address).toBe(account.address);
  expect(createMarketClient({ chain, transport, marketplace }).wallet).toBeUndefined();
  const actions = Object.entries(client)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
  expect(actions.toSorted()).toEqual([
    ...["addCredit", "audit", "callFor", "callSigned", "canDecide", "cancel", "challenge", "claim"],
    ...["demand", "deposit", "endTransactions", "expire", "forfeit"],
    ...["getAccount", "getArbiterFee", "getBalance", "getBatches", "getBlockEvents", "getCredit"],
    ...["getFees", "getJob", "getLeafStands", "getMarketEvents", "getNonces", "getParameters"],
    ...["getPendingQuestions", "getPostedJobs", "getPreparation", "getQuestion"],
    ...["getQuestionCosts", "getRights", "getRuling", "getSubmission"],
    ...["listJobs", "openJob", "postJob", "prepareQuestion", "quote", "rebond"],
    ...["reclaimPreparation", "release"],
    ...["resolve", "reveal", "runJob", "setRights", "settle", "signCall", "submit", "submitJob"],
    ...["unbond", "useNonces", "watchBatches", "watchDisputes", "watchJob", "watchJobs"],
    ...["withdraw", "withdrawStake"],
  ]);
});
