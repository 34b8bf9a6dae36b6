import { Counter, Gauge, Registry } from "prom-client";

/** What a relayer counts. */
export function createRelayerMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: "assay_relayer_requests_total",
      help: "Requests by what became of them: brought, or the code of their refusal",
      labelNames: ["outcome"],
      registers,
    }),
    transactions: new Counter({
      name: "assay_relayer_transactions_total",
      help: "Transactions sent",
      registers,
    }),
    calls: new Counter({
      name: "assay_relayer_calls_total",
      help: "Calls that were brought, by whether they came true",
      labelNames: ["outcome"],
      registers,
    }),
    spent: new Counter({
      name: "assay_relayer_spent_ether_total",
      help: "Fees of its transactions",
      registers,
    }),
    earned: new Counter({
      name: "assay_relayer_earned_ether_total",
      help: "Worth of the credit that it was given",
      registers,
    }),
    owed: new Gauge({
      name: "assay_relayer_owed_ether",
      help: "What accounts owe it together",
      registers,
    }),
    waiting: new Gauge({
      name: "assay_relayer_waiting_requests",
      help: "Requests that were admitted and are not mined",
      registers,
    }),
  };
}

export type RelayerMetrics = ReturnType<typeof createRelayerMetrics>;
