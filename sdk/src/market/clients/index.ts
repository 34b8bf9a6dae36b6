export {
  createJuryClient,
  type JuryActions,
  type JuryClient,
} from "./createJuryClient.ts";
export {
  type CreateMarketClientParameters,
  createMarketClient,
  type MarketClient,
} from "./createMarketClient.ts";
export {
  createProofClient,
  type ProofActions,
  type ProofClient,
} from "./createProofClient.ts";
export { type Deployment, deployments } from "./deployments.ts";
export type { MarketActions } from "./marketActions.ts";
