/** `@assay/worker/relayer`: brings signed calls of others on chain. */
export { readTokenPrices } from "../jobs/readTokenPrices.ts";
export type { RelayerPolicy } from "./admission.ts";
export { type Ledger, openLedger } from "./ledger.ts";
export { createRelayerMetrics, type RelayerMetrics } from "./metrics.ts";
export { createRelayer, type Relayer, type RelayerOptions } from "./relayer.ts";
export { type RelayerServer, serveRelayer } from "./serve.ts";
