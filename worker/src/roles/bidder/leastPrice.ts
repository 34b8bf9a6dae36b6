import { isAddressEqual, zeroAddress } from "viem";
import type { Policy } from "../../jobs/policy.ts";
import type { PricingPolicy } from "./context.ts";

/** Asks for the least reward that the policy takes. */
export function leastPrice(policy: Pick<Policy, "minRewardPerTaskWei" | "tokens">): PricingPolicy {
  return {
    async askedReward({ token }) {
      const { minRewardPerTaskWei: leastWei } = policy;
      if (token === zeroAddress) return leastWei;
      const price = policy.tokens.find(({ address }) => isAddressEqual(address, token));
      if (price === undefined) {
        return { code: "TOKEN", reason: "it pays in a token that this node does not take" };
      }
      const { weiPerToken, decimals } = price;
      return (leastWei * 10n ** BigInt(decimals) + weiPerToken - 1n) / weiPerToken;
    },
  };
}
