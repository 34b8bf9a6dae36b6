import { type Address, isAddressEqual } from "viem";
import type { Arbiters } from "../../disputes/arbiters/arbiters.ts";
import type { NodeContext } from "../../kernel/context.ts";
import { UNDER_WAY, WAITING } from "../../store/batchState.ts";

/**
 * Gas that the account has to hold for its own steps before arbiters, if it claims a batch of a job with this one: of every dispute that is
 * open about results of its own, and of one more. Not of one more for each batch: who is right is paid back by the arbiter's fee.
 */
export function gasOfDefences(
  { account, arbiters, store }: Pick<NodeContext, "account" | "store"> & { arbiters: Arbiters },
  arbiter: Address,
): bigint {
  const gasBefore = (address: Address) => arbiters.of(address).workerGas ?? 0n;
  let most = gasBefore(arbiter);
  for (const { jobId } of store.batches(...UNDER_WAY, ...WAITING)) {
    const terms = store.job(jobId)?.terms;
    const gas = terms === undefined ? 0n : gasBefore(terms.arbiter);
    if (gas > most) most = gas;
  }
  return store
    .disputes("party")
    .filter(({ dispute, resolved }) => !resolved && isAddressEqual(dispute.worker, account))
    .reduce((gas, open) => gas + gasBefore(open.arbiter), most);
}
