/** The chains that Assay is made for, by the names that `hardhat.config.ts` and `ignition/parameters` know them by. */
import type { RandomnessSource } from "./modules/JuryArbiter.ts";

/**
 * What a chain guarantees, as far as clocks and draws depend on it. `test/contracts/chains.test.ts` holds every file of
 * `ignition/parameters` to it, and `docs/jury.md` to both.
 */
export interface ChainGuarantees {
  /** Seconds between blocks; where that changes, the shortest that is announced. */
  blockSeconds: number;
  /** Of how many past blocks a contract can read the hash. */
  historyBlocks: number;
  /** Seconds after which a transaction that its block makers do not want is in a block all the same. */
  forcedInclusionSeconds: number;
  /**
   * Seconds before its block in which somebody may know the randomness, or know that it will be his to bend. A dispute opened
   * longer before cannot be timed for it.
   */
  randomnessLeadSeconds: number;
}

export interface AssayChain {
  chainId: number;
  /**
   * Where juries get their randomness. The RANDAO of the parent chain where there is one; else the hash of a later block:
   * `prevrandao` is a constant on Arbitrum, and known to Polygon's block producers.
   */
  randomness: RandomnessSource;
  /** Blocks, its own included, after which a deployment or an event is believed: past the chain's usual reorganisations. */
  confirmations: number;
  /** Unknown of a local chain: it does what its owner wants. */
  guarantees?: ChainGuarantees;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const SLOT = 12;

/** EIP-2935: `HISTORY_SERVE_WINDOW`. https://eips.ethereum.org/EIPS/eip-2935 */
const EIP_2935 = 8191;

const ethereum: ChainGuarantees = {
  blockSeconds: SLOT,
  historyBlocks: EIP_2935,
  // No rule, but proposers take turns: if 93 of 100 leave a transaction out, all of 300 slots do with a chance of 0.93³⁰⁰ < 10⁻⁹.
  forcedInclusionSeconds: 300 * SLOT,
  // Proposers are known for this epoch and the next, 64 slots at most, and each of them has one bit.
  // https://eips.ethereum.org/EIPS/eip-7917, https://eips.ethereum.org/EIPS/eip-4399
  randomnessLeadSeconds: 64 * SLOT,
};

const opStack: ChainGuarantees = {
  blockSeconds: 2,
  // Ethereum's own contract, since Isthmus. https://docs.base.org/upgrades/isthmus/derivation
  historyBlocks: EIP_2935,
  // A deposit on the parent chain is included after the sequencing window, 3,600 blocks of the parent chain.
  // https://specs.optimism.io/glossary.html#sequencing-window
  forcedInclusionSeconds: 3600 * SLOT,
  // A block has the RANDAO of its origin on the parent chain, which may be older by `max_sequencer_drift`, since Fjord 1,800 s; and
  // the origin's is known when the block before it is. https://docs.base.org/base-chain/specs/upgrades/fjord/derivation
  randomnessLeadSeconds: 1800 + SLOT,
};

const arbitrumOne: ChainGuarantees = {
  blockSeconds: 0.25,
  // As far back in time as Ethereum's 8,191 blocks: 98,292 s. https://github.com/OffchainLabs/sys-asm
  historyBlocks: 393_168,
  // `forceInclusion` of the delayed inbox, `delaySeconds`. https://docs.arbitrum.io/how-arbitrum-works/deep-dives/sequencer
  forcedInclusionSeconds: DAY,
  // The hash of a block is known to nobody before the block is, and it is its maker that can choose.
  randomnessLeadSeconds: 0,
};

const polygonPos: ChainGuarantees = {
  // 1.75 s since PIP-86, 1.5 s as its next stage. https://github.com/maticnetwork/Polygon-Improvement-Proposals
  blockSeconds: 1.5,
  // PIP-61, active since the Bhilai hard fork. In the same repository.
  historyBlocks: EIP_2935,
  // An assumption: there is no rule. One elected producer makes all blocks until the validators elect another, and the forced
  // transactions of PIP-64 are a draft.
  forcedInclusionSeconds: 10 * HOUR,
  randomnessLeadSeconds: 0,
};

export const chains: Readonly<Record<string, AssayChain>> = {
  mainnet: {
    chainId: 1,
    randomness: "RandaoRandomness",
    confirmations: 12,
    guarantees: ethereum,
  },
  sepolia: {
    chainId: 11_155_111,
    randomness: "RandaoRandomness",
    confirmations: 6,
    guarantees: ethereum,
  },
  polygon: {
    chainId: 137,
    randomness: "BlockRandomness",
    confirmations: 32,
    guarantees: polygonPos,
  },
  polygonAmoy: {
    chainId: 80_002,
    randomness: "BlockRandomness",
    confirmations: 16,
    guarantees: polygonPos,
  },
  base: {
    chainId: 8453,
    randomness: "RandaoRandomness",
    confirmations: 10,
    guarantees: opStack,
  },
  baseSepolia: {
    chainId: 84_532,
    randomness: "RandaoRandomness",
    confirmations: 5,
    guarantees: opStack,
  },
  arbitrum: {
    chainId: 42_161,
    randomness: "BlockRandomness",
    confirmations: 20,
    guarantees: arbitrumOne,
  },
  optimism: {
    chainId: 10,
    randomness: "RandaoRandomness",
    confirmations: 10,
    guarantees: opStack,
  },
  localhost: { chainId: 31_337, randomness: "BlockRandomness", confirmations: 1 },
};
