import type { JuryClient } from "@assay/sdk";
import { readBalance } from "../../account/spending.ts";
import { createDue } from "../../concurrency/due.ts";
import { withdrawJuryCredit } from "../../disputes/arbiters/jury/withdrawJuryCredit.ts";
import type { NodeContext } from "../../kernel/context.ts";
import { reported } from "../../kernel/report.ts";

/** Between two looks at the account's balance, in milliseconds. */
const LOOK_MS = 60_000;

export interface JurorWallet {
  /** Brings the juror's stake up to what the policy says. */
  topUp(signal: AbortSignal): Promise<void>;
  /** A commitment or reveal of ours is due: the account must be able to pay for it, or a part of its stake is lost. */
  mustPay(): void;
  /** The jury may owe us something. */
  mayHaveGrown(): void;
  /** Fetches what the jury owes us, and says in time when the account runs out of gas. */
  look(signal: AbortSignal): Promise<void>;
}

/** A juror's money: its stake, what it earns, and the gas that it must not be without. */
export function createWallet(context: NodeContext, jury: JuryClient): JurorWallet {
  const { policy, report } = context;
  const withdrawal = createDue({ isDue: true });
  let lookAt = Number.NEGATIVE_INFINITY;
  let isDue = false;
  let told = false;

  async function checkGas(): Promise<void> {
    const { balanceWei: availableWei, reserveWei: neededWei } = await readBalance(context);
    const isShort = availableWei < neededWei;
    if (isShort && !told) report("gas is short", { neededWei, availableWei });
    told = isShort;
  }

  return {
    async topUp(signal) {
      const { stake, unbonding } = await jury.getJuror({ signal });
      const amount = policy.jurorStakeWei - (stake - unbonding);
      if (amount <= 0n) return;
      await reported(context, "jury deposit", jury.deposit({ amount, signal }));
    },
    mustPay() {
      isDue = true;
    },
    mayHaveGrown: withdrawal.mark,
    async look(signal) {
      await withdrawal.settle(() => withdrawJuryCredit(context, jury, signal));
      if (!isDue || performance.now() < lookAt) return;
      lookAt = performance.now() + LOOK_MS;
      isDue = false;
      await checkGas();
    },
  };
}
