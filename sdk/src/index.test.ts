import { readFile } from "node:fs/promises";
import { http } from "viem";
import { expect, test } from "vitest";
import { startMarket, workBatch } from "../../test/fixtures/market.ts";
import * as sdk from "./index.ts";

test("exports exactly this", () => {
  expect(Object.keys(sdk).toSorted()).toMatchInlineSnapshot(`
    [
      "AccountRequiredError",
      "AlreadyPostedError",
      "AmountTooLargeError",
      "ArbiterNotSupportedError",
      "AssayError",
      "BatchNotSubmittedError",
      "BlockMismatchError",
      "ChainDataError",
      "ChallengeWindowOpenError",
      "ClaimingClosedError",
      "ContentNotFoundError",
      "ContentRequiredError",
      "ContentTooLargeError",
      "ContractRevertError",
      "DEFAULT_MEMORY_PAGES",
      "DeploymentUnknownError",
      "InsufficientBalanceError",
      "InsufficientStakeError",
      "InsufficientUnbondingError",
      "InvalidProgramError",
      "JobIncompleteError",
      "JobIsCancelledError",
      "JobNotFoundError",
      "MAX_BLOCK_BYTES",
      "MAX_CONTENT_BYTES",
      "MAX_HINT_BYTES",
      "MAX_PROGRAM_BYTES",
      "MalformedCidError",
      "MalformedContentError",
      "ManifestError",
      "MarketplaceBalanceError",
      "NoCreditError",
      "NoSuchBatchError",
      "NotClaimerError",
      "NotOverdueError",
      "NotPostedError",
      "NotRequesterError",
      "NothingOpenError",
      "OutOfBoundsError",
      "Outcome",
      "OverdueError",
      "PAGE_ENTRIES",
      "ProgramCompileError",
      "RecipientRefusedError",
      "ReentrantCallError",
      "ResultError",
      "SpecMismatchError",
      "StillUnbondingError",
      "TokenNotSupportedError",
      "TransactionReplacedError",
      "TransactionRevertedError",
      "UnsupportedCidError",
      "WireError",
      "WrongEscrowError",
      "WrongStatusError",
      "ZeroAmountError",
      "ZeroRecipientError",
      "ZeroResultRootError",
      "batchCount",
      "batchRange",
      "blake3",
      "cancel",
      "cidOf",
      "claim",
      "compileProgram",
      "createMarketClient",
      "decodeJobHint",
      "deployments",
      "deposit",
      "encodeJobHint",
      "expire",
      "fromChainCid",
      "getAccount",
      "getBalance",
      "getBatches",
      "getBytes",
      "getCredit",
      "getJob",
      "getMarketEvents",
      "getParameters",
      "getPostedJobs",
      "getSubmission",
      "hashSpec",
      "hashTerms",
      "inputLeaf",
      "inspectProgram",
      "isChainCid",
      "jobsTopic",
      "marketplaceAbi",
      "memoryContent",
      "merkleProof",
      "merkleRoot",
      "openInputManifest",
      "openJob",
      "openResultManifest",
      "postJob",
      "putBytes",
      "rebond",
      "resultLeaf",
      "runJob",
      "settle",
      "submit",
      "submitJob",
      "toChainCid",
      "unbond",
      "verifyBlock",
      "verifyMerkleProof",
      "withdraw",
      "withdrawStake",
      "writeInputManifest",
      "writeResultManifest",
    ]
  `);
});

test("the README's example prints what it says", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [imports, body] = [example.match(/^import .*$/gm), example.replace(/^import .*$/gm, "")];
  expect(imports).toHaveLength(2);

  await using market = await startMarket();
  const { chain, workers, content } = market;
  const printed: string[] = [];
  const scope = {
    ...{ ...sdk, http, content },
    createMarketClient(parameters: sdk.CreateMarketClientParameters) {
      const announcer: sdk.Announcer = {
        async announce({ job: jobId }) {
          const job = await workers[0].openJob({ jobId });
          for (let batch = 0; batch < 3; batch++) await workBatch(workers[0], job, batch);
        },
      };
      return sdk.createMarketClient({ ...parameters, announcer, pollingIntervalMs: 10 });
    },
    chain: chain.chain,
    rpcUrl: chain.rpcUrl,
    account: chain.accounts[1],
    marketplace: chain.marketplace,
    console: { log: (line: string) => printed.push(line) },
  };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
  expect(printed).toEqual(["olleh", "morf", "sregnarts"]);
});
