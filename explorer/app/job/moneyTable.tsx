import type { Unit } from "../format/amount.ts";
import { Amount } from "../parts/values.tsx";
import type { Balance, Slashes } from "./money.ts";

/** The escrow as a balance that closes. */
export function MoneyTable({ balance, unit }: { balance: Balance; unit: Unit }) {
  const { paidIn, paidOut, cameBack, held, difference, byWorker } = balance;
  const rows: [string, bigint, string][] = [
    ["Paid to workers", paidOut, byWorker.size === 0 ? "" : `${byWorker.size} accounts`],
    ["Came back to the requester", cameBack, ""],
    ["Held for batches that are not settled", held, ""],
  ];
  return (
    <table class="sums">
      <caption class="unseen">Escrow of the job</caption>
      <tbody>
        <tr class="sum">
          <th scope="row">Paid in by the requester</th>
          <td>
            <Amount value={paidIn} unit={unit} />
          </td>
        </tr>
        {rows.map(([name, value]) => (
          <tr key={name} class={value === 0n ? "none" : ""}>
            <th scope="row">{name}</th>
            <td>
              <Amount value={value} unit={unit} />
            </td>
          </tr>
        ))}
        <tr class={`sum ${difference === 0n ? "closes" : "open"}`}>
          <th scope="row">
            {difference === 0n ? "Closes: nothing is missing" : "Does not close: missing"}
          </th>
          <td>
            <Amount value={difference} unit={unit} />
          </td>
        </tr>
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
        <tr class="sum">
          <th scope="row">Stake lost by wrong workers</th>
          <td>
            <Amount value={slashed} />
          </td>
        </tr>
        {rows.map(([name, value]) => (
          <tr key={name} class={value === 0n ? "none" : ""}>
            <th scope="row">{name}</th>
            <td>
              <Amount value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
