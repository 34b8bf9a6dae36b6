import { type Address, zeroAddress } from "viem";
import { type ChainJobSpec, toChainSpec } from "../../../protocol/job/hash.ts";
import type { JobId, JobSpec, JobTerms } from "../../../protocol/job/job.ts";
import { requireMarketplace } from "../../chain/requireMarketplace.ts";
import {
  eventOf,
  transactionOf,
  type WriteErrorType,
  type WriteParameters,
  type WriteReturnType,
  type Written,
  write,
} from "../../chain/write.ts";
import type { MarketContext } from "../../context/marketContext.ts";
import type { ContractErrorOf } from "../../errors/contract.ts";
import { AccountRequiredError, type ArbiterNotReadyError } from "../../errors/market.ts";
import { WrongEscrowError } from "../../errors/marketplace.ts";
import {
  type InsufficientTokenBalanceError,
  type TokenNotFoundError,
  TokenTakesFeeError,
} from "../../errors/token.ts";
import { approveTokens, isAllowed } from "../../tokens/approveTokens.ts";
import { requireTokens } from "../../tokens/requireTokens.ts";
import { signPermit } from "../../tokens/signPermit.ts";
import { requireArbiter } from "./requireArbiter.ts";
import type { EscrowSource } from "./requireEscrow.ts";

export interface PostJobParameters extends WriteParameters {
  terms: JobTerms;
  spec: JobSpec;
  /** Where the escrow comes from: the account, or its credit in the job's token. Default: `value`, the account. */
  from?: EscrowSource | undefined;
  /** Whether to post although the arbiter could not decide a dispute now. Default: no. */
  allowUndecidable?: boolean | undefined;
}

export interface PostJobReturnType extends WriteReturnType {
  jobId: JobId;
}

export type PostJobErrorType =
  | WriteErrorType
  | ArbiterNotReadyError
  | InsufficientTokenBalanceError
  | TokenNotFoundError
  | TokenTakesFeeError
  | ContractErrorOf<
      | "Marketplace_AlreadyPosted"
      | "Marketplace_InsufficientCredit"
      | "Marketplace_MalformedCid"
      | "Marketplace_NotRequester"
      | "Marketplace_OutOfBounds"
      | "Marketplace_SpecMismatch"
      | "SafeERC20FailedOperation"
    >;

/**
 * Posts a job and pays its escrow, `taskCount · rewardPerTask`. Coins are sent along. Tokens are taken from the account: by an allowance
 * that the Marketplace has, else by a permit that is signed (ERC-2612), else by an `approve` of the escrow that is sent before.
 * `submitJob` does this and all that comes before.
 *
 * @throws {@link ArbiterNotReadyError} when the arbiter could not decide a dispute now, unless that is allowed.
 * @throws {@link TokenNotFoundError} {@link InsufficientTokenBalanceError} {@link TokenTakesFeeError}
 */
export async function postJob(
  client: MarketContext,
  { terms, spec, from = "value", allowUndecidable = false, signal }: PostJobParameters,
): Promise<PostJobReturnType> {
  const { arbiter, token } = terms;
  const requester = client.wallet?.account.address;
  if (requester === undefined) throw new AccountRequiredError("postJob");
  // Before anything is approved or signed for its address.
  await requireMarketplace(client, signal);
  if (!allowUndecidable) await requireArbiter(client, { arbiter, requester, signal });

  const job = { terms, spec: toChainSpec(spec), escrow: escrowOf(terms), requester };
  const args = [terms, job.spec] as const;
  let written: Written;
  if (from === "credit") {
    written = await write(client, { functionName: "postFromCredit", args }, { signal });
  } else if (token === zeroAddress) {
    written = await write(client, { functionName: "post", args, value: job.escrow }, { signal });
  } else {
    written = await postInTokens(client, job, { signal });
  }
  return { ...transactionOf(written), jobId: eventOf(client, written, "JobPosted").job };
}

async function postInTokens(
  client: MarketContext,
  job: { terms: JobTerms; spec: ChainJobSpec; escrow: bigint; requester: Address },
  { signal }: WriteParameters,
): Promise<Written> {
  const { terms, spec, escrow: amount, requester: owner } = job;
  const { wallet, marketplace: spender } = client;
  const { token } = terms;
  if (wallet === undefined) throw new AccountRequiredError("postJob");
  await requireTokens(client, { account: owner, token, amount, signal });
  try {
    const allowance = { token, owner, spender, amount };
    if (!(await isAllowed(client, allowance, { signal }))) {
      const permit = await signPermit(client, wallet, allowance, { signal });
      if (permit !== undefined) {
        const args = [terms, spec, permit] as const;
        return await write(client, { functionName: "postWithPermit", args }, { signal });
      }
      await approveTokens(client, allowance, { signal });
    }
    return await write(client, { functionName: "post", args: [terms, spec] }, { signal });
  } catch (error) {
    if (!(error instanceof WrongEscrowError)) throw error;
    const { received } = error.args;
    throw new TokenTakesFeeError(token, { sent: amount, received }, { cause: error });
  }
}

function escrowOf({ taskCount, rewardPerTask }: JobTerms): bigint {
  return BigInt(taskCount) * rewardPerTask;
}
