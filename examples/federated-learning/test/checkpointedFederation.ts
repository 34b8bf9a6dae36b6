import { syntheticData } from "../src/data/synthetic.ts";
import type { FederationOptions } from "../src/federation/options.ts";
import { type Federation, prepareFederation } from "../src/federation/prepare.ts";

/** A training whose every round needs what a state has: moments, a last aggregate, reputations. */
export function checkpointedFederation(changes: Partial<FederationOptions> = {}): Federation {
  const sources = {
    train: syntheticData({ seed: 1, examples: 400, features: 16, classes: 4 }),
    test: syntheticData({ seed: 1, examples: 100, features: 16, classes: 4, purpose: 1 }),
  };
  const options: FederationOptions = {
    ...{ seed: 3, clients: 10, byzantine: 2, attack: "gaussian", rounds: 12, participants: 6 },
    ...{ alpha: 0.5, hidden: 4, training: { steps: 3, batch: 8, rate: 0.3, decay: 0 } },
    rule: { rule: "centered-clipping", f: 2 },
    strategy: { name: "fedyogi" },
    ...changes,
  };
  return prepareFederation(sources, options, "validation");
}
