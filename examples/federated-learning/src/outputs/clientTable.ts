import { formatTable } from "@assay/devnet";
import { formatEther } from "viem";
import { type Finding, findingsOf } from "../federation/findings.ts";
import type { FederationOptions } from "../federation/options.ts";
import type { Training } from "../federation/training.ts";

/** One client of a training, for a person and for tables. */
export interface ClientRow extends Finding {
  isLiar: boolean;
  shapley: number;
  leaveOneOut: number;
  reputation: number;
  /** Of the model on the client's own data; undefined if it has none to measure on. */
  accuracy: number | undefined;
  /** Its share of the budget. */
  paidWei: bigint;
}

/** The clients that took part, by what they contributed, the greatest first. */
export function clientRows(
  training: Training,
  { clients, byzantine, attack }: FederationOptions,
  payments: ReadonlyMap<number, bigint>,
): ClientRow[] {
  const accuracies = new Map(
    training.clientEvaluations.map(({ client, accuracy }) => [client, accuracy]),
  );
  return [...findingsOf(training.rounds).values()]
    .map((finding): ClientRow => {
      const { client } = finding;
      return {
        ...finding,
        isLiar: attack !== "none" && client >= clients - byzantine,
        shapley: training.shapley.get(client) ?? 0,
        leaveOneOut: training.leaveOneOut.get(client) ?? 0,
        reputation: training.reputations[client] ?? 0,
        accuracy: accuracies.get(client),
        paidWei: payments.get(client) ?? 0n,
      };
    })
    .toSorted((a, b) => b.shapley - a.shapley || a.client - b.client);
}

/** Honest clients that a person is shown, of many that are alike. */
const SHOWN = 5;

/**
 * Who lied, who was found, and who was paid what: all liars, all that were found, and the honest clients that contributed most.
 * @param byzantine - number of liars among all clients.
 * @param arePaid - false where there is no marketplace to pay them: the table says what they would get.
 */
export function formatClients(
  rows: readonly ClientRow[],
  { byzantine, arePaid }: { byzantine: number; arePaid: boolean },
): string[] {
  const liars = rows.filter(({ isLiar }) => isLiar);
  const honest = rows.filter(({ isLiar }) => !isLiar);
  const wronged = honest.filter(({ found }) => found);
  const best = honest.filter(({ found }) => !found).slice(0, SHOWN);
  const left = honest.length - wronged.length - best.length;
  const total = (of: readonly ClientRow[]) => of.reduce((sum, { paidWei }) => sum + paidWei, 0n);
  const cells = ({ client, ...row }: ClientRow) => [
    `${client}${row.isLiar ? " lied" : ""}`,
    String(row.rounds),
    String(row.suspected),
    row.found ? (row.isLiar ? "found" : "found, wrongly") : row.isLiar ? "missed" : "",
    row.shapley.toFixed(4),
    row.reputation.toFixed(2),
    formatEther(row.paidWei).slice(0, 10),
  ];
  const pay = (of: readonly ClientRow[]) =>
    `${of.filter(({ paidWei }) => paidWei > 0n).length} ${arePaid ? "paid" : "would be paid"} (${formatEther(total(of))} ETH)`;
  const sentences = [
    ...(liars.length > 0
      ? [
          `${liars.length} of ${byzantine} liars took part: ${liars.filter(({ found }) => found).length} found, ${pay(liars)}.`,
        ]
      : []),
    `${honest.length} honest clients took part: ${wronged.length} found wrongly, ${pay(honest)}.`,
  ];
  return [
    formatTable(
      [
        "client",
        "rounds",
        "suspected",
        "",
        "Shapley",
        "reputation",
        arePaid ? "paid (ETH)" : "would get (ETH)",
      ],
      [...liars, ...wronged, ...best].map(cells),
    ),
    ...(left > 0 ? [`  … and ${left} more honest clients`] : []),
    "",
    ...sentences.map((sentence) => `  ${sentence}`),
  ];
}
