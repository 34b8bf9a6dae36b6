import { type Address, formatEther, formatGwei, type Hex } from "viem";
import { AssayError, type AssayErrorOptions } from "../../protocol/errors/base.ts";

/** No address was given for a chain that this package knows no deployment on. */
export class DeploymentUnknownError extends AssayError {
  readonly code = "DEPLOYMENT_UNKNOWN";
  readonly retryable = false;

  constructor(chainId: number) {
    super(
      `No Marketplace is known on chain ${chainId}: give its address as \`marketplace\` to createMarketClient.`,
    );
  }
}

/** A call that signs was made on a client that cannot sign. */
export class AccountRequiredError extends AssayError {
  readonly code = "ACCOUNT_REQUIRED";
  readonly retryable = false;

  constructor(action: string) {
    super(`${action} needs an account: give one as \`account\` to createMarketClient.`);
  }
}

/** A call of `Offers` was made on a client that knows of none. */
export class OffersRequiredError extends AssayError {
  readonly code = "OFFERS_REQUIRED";
  readonly retryable = false;

  constructor(action: string) {
    super(
      `${action} needs the contract Offers: give its address as \`offers\` to createMarketClient.`,
    );
  }
}

/** A call that stores or fetches blocks was made on a client without a place for them. */
export class ContentRequiredError extends AssayError {
  readonly code = "CONTENT_REQUIRED";
  readonly retryable = false;

  constructor(action: string) {
    super(`${action} needs a place for blocks: give one as \`content\` to createMarketClient.`);
  }
}

/** The account cannot pay. */
export class InsufficientBalanceError extends AssayError {
  readonly code = "INSUFFICIENT_BALANCE";
  readonly retryable = false;
  readonly account: Address;
  /** Wei, gas not included. */
  readonly needed: bigint;
  /** Wei. */
  readonly available: bigint;

  constructor(
    account: Address,
    { needed, available }: { needed: bigint; available: bigint },
    options?: AssayErrorOptions,
  ) {
    super(
      `${account} has ${formatEther(available)} ether and needs ${formatEther(needed)} ether and some for gas: send it more, or ask for less.`,
      options,
    );
    this.account = account;
    this.needed = needed;
    this.available = available;
  }
}

/** The job's arbiter could not decide a dispute now, so a wronged party would get nothing. */
export class ArbiterNotReadyError extends AssayError {
  readonly code = "ARBITER_NOT_READY";
  readonly retryable = true;
  readonly arbiter: Address;

  constructor(arbiter: Address, options?: AssayErrorOptions) {
    super(
      `The arbiter ${arbiter} could not decide a dispute about this job now: wait until it has enough jurors, name another, or give \`allowUndecidable\` to post all the same.`,
      options,
    );
    this.arbiter = arbiter;
  }
}

/** A transaction reverted on chain without one of the Marketplace's own errors: most likely it ran out of gas. */
export class TransactionRevertedError extends AssayError {
  readonly code = "TRANSACTION_REVERTED";
  readonly retryable = true;
  readonly hash: Hex;

  constructor(hash: Hex, options?: AssayErrorOptions) {
    super(
      `Transaction ${hash} reverted, although its simulation did not: try again, the chain may have moved on.`,
      options,
    );
    this.hash = hash;
  }
}

/** Another transaction of the account took the nonce. */
export class TransactionReplacedError extends AssayError {
  readonly code = "TRANSACTION_REPLACED";
  readonly retryable = true;
  readonly hash: Hex;

  constructor(hash: Hex, nonce: number) {
    super(
      `Another transaction took nonce ${nonce} from ${hash}: use one process for one account, then try again.`,
    );
    this.hash = hash;
  }
}

/** A transaction left the nodes' pools, and the contract would refuse it now. It was not sent again. */
export class TransactionDroppedError extends AssayError {
  readonly code = "TRANSACTION_DROPPED";
  readonly retryable = true;
  readonly hash: Hex;

  constructor(hash: Hex, options?: AssayErrorOptions) {
    super(
      `Transaction ${hash} vanished and would fail by now: look at the chain again, then decide anew.`,
      options,
    );
    this.hash = hash;
  }
}

/** Gas costs more than the client's cap. Nothing was sent. */
export class FeeCapError extends AssayError {
  readonly code = "FEE_CAP";
  readonly retryable = true;
  /** Wei for a unit of gas. */
  readonly price: bigint;

  constructor(price: bigint, cap: bigint) {
    super(
      `Gas costs ${formatGwei(price)} gwei, the limit is ${formatGwei(cap)} gwei: wait, or raise \`maxFeePerGas\`.`,
    );
    this.price = price;
  }
}

/** The chain's node returned contradictory or malformed data. */
export class ChainDataError extends AssayError {
  readonly code = "CHAIN_DATA_INCONSISTENT";
  readonly retryable = true;

  constructor(details: string) {
    super("The chain's node contradicts itself: try again, or use another RPC endpoint.", {
      details,
    });
  }
}

/** The endpoint refuses the logs of even a single block, for whatever reason. */
export class LogsRefusedError extends AssayError {
  readonly code = "LOGS_REFUSED";
  readonly retryable = true;
  readonly block: bigint;

  constructor(block: bigint, reason: string, options?: AssayErrorOptions) {
    super(
      `The RPC endpoint refuses the logs of block ${block} alone (${reason}): use another RPC endpoint.`,
      options,
    );
    this.block = block;
  }
}

/** There is no such submission. */
export class BatchNotSubmittedError extends AssayError {
  readonly code = "BATCH_NOT_SUBMITTED";
  readonly retryable = true;

  constructor(jobId: Hex, batch: number) {
    super(`Batch ${batch} of job ${jobId} is not submitted: wait for its worker, or for another.`);
  }
}

/** No such job was posted, or it names contents that Assay does not admit. */
export class JobNotFoundError extends AssayError {
  readonly code = "JOB_NOT_FOUND";
  readonly retryable = false;

  constructor(jobId: Hex) {
    super(
      `No job ${jobId} was found: check its name, the chain, and that \`fromBlock\` is not behind its posting.`,
    );
  }
}
