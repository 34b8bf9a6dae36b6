import { zeroAddress } from "viem";
import { ETHER, shownAmount, type Unit } from "../format/amount.ts";
import { shownAgo, shownMoment } from "../format/time.ts";
import { useHead } from "../market/head.ts";
import { accountPath } from "../route/route.ts";
import { Hash } from "./text.tsx";

export function Amount({ value, unit = ETHER }: { value: bigint; unit?: Unit | undefined }) {
  return (
    <data class="amount" value={value.toString()} title={`${value} of the smallest unit`}>
      {shownAmount(value, unit)}
    </data>
  );
}

/** An account, with a link to its page. */
export function Account({ address, name }: { address: string; name?: string | undefined }) {
  if (address === zeroAddress) return <span class="faint">nobody</span>;
  return (
    <>
      {name !== undefined && <span class="role">{name} </span>}
      <Hash value={address} href={accountPath(address)} />
    </>
  );
}

/** A moment of the chain's clock, as a distance from now. */
export function Moment({ at }: { at: number }) {
  const { now } = useHead();
  return (
    <time dateTime={new Date(at * 1_000).toISOString()} title={shownMoment(at)}>
      {shownAgo(at, now)}
    </time>
  );
}
