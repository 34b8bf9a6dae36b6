/** The chains that Assay is made for, by the names that `hardhat.config.ts` and `ignition/parameters` know them by. */
import type { RandomnessSource } from "./modules/JuryArbiter.ts";

export interface AssayChain {
  chainId: number;
  /**
   * Where juries get their randomness. The RANDAO of the parent chain where there is one; else the hash of a later block:
   * `prevrandao` is a constant on Arbitrum, and known to Polygon's block producers.
   */
  randomness: RandomnessSource;
  /** Blocks, its own included, after which a deployment or an event is believed: past the chain's usual reorganisations. */
  confirmations: number;
}

export const chains: Readonly<Record<string, AssayChain>> = {
  mainnet: { chainId: 1, randomness: "RandaoRandomness", confirmations: 12 },
  sepolia: { chainId: 11_155_111, randomness: "RandaoRandomness", confirmations: 6 },
  polygon: { chainId: 137, randomness: "BlockRandomness", confirmations: 32 },
  polygonAmoy: { chainId: 80_002, randomness: "BlockRandomness", confirmations: 16 },
  base: { chainId: 8453, randomness: "RandaoRandomness", confirmations: 10 },
  baseSepolia: { chainId: 84_532, randomness: "RandaoRandomness", confirmations: 5 },
  arbitrum: { chainId: 42_161, randomness: "BlockRandomness", confirmations: 20 },
  optimism: { chainId: 10, randomness: "RandaoRandomness", confirmations: 10 },
  localhost: { chainId: 31_337, randomness: "BlockRandomness", confirmations: 1 },
};
