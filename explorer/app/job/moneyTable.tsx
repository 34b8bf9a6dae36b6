import type { Unit } from "../format/amount.ts";
import { Amount } from "../parts/values.tsx";
import type { Balance, Slashes } from "./money.ts";

/** The escrow as a balance that closes. */
export function MoneyTable({ balance, unit }: { balance: Balance; unit: Unit }) {
  const { paidIn, paidOut, cameBack, held, difference } = balance;
  const rows: [string, bigint][] = [
    ["Paid to workers", paidOut],
    ["Came back to the requester", cameBack],
    ["Held for batches that are not settled", held],
  ];
  return (
    <table class="sums">
      <caption class="unseen">Escrow of the job</caption>
      <tbody>
        <Row kind="sum" name="Paid in by the requester" value={paidIn} unit={unit} />
        {rows.map(([name, value]) => (
          <Row key={name} kind={value === 0n ? "none" : ""} name={name} value={value} unit={unit} />
        ))}
        <Row
          kind={`sum ${difference === 0n ? "closes" : "open"}`}
          name={difference === 0n ? "Closes: nothing is missing" : "Does not close: missing"}
          value={difference}
          unit={unit}
        />
      </tbody>
    </table>
  );
}

/** Where the stake of workers who were wrong went. */
export function SlashTable({ slashes }: { slashes: Slashes }) {
  const { slashed, burned, toAskers, reserved, toRequester } = slashes;
  const rows: [string, bigint][] = [
    ["To those who found it", toAskers],
    ["Reserved for others who were right", reserved],
    ["To the requester", toRequester],
    ["Burned", burned],
  ];
  return (
    <table class="sums">
      <caption class="unseen">Stake that was slashed</caption>
      <tbody>
        <Row kind="sum" name="Stake lost by wrong workers" value={slashed} />
        {rows.map(([name, value]) => (
          <Row key={name} kind={value === 0n ? "none" : ""} name={name} value={value} />
        ))}
      </tbody>
    </table>
  );
}

/** @param kind - its classes. */
function Row({
  kind,
  name,
  value,
  unit,
}: {
  kind: string;
  name: string;
  value: bigint;
  unit?: Unit | undefined;
}) {
  return (
    <tr class={kind}>
      <th scope="row">{name}</th>
      <td>
        <Amount value={value} unit={unit} />
      </td>
    </tr>
  );
}
