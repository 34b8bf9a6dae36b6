import { createRequire } from "node:module";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { configVariable, defineConfig } from "hardhat/config";
import type { HttpNetworkUserConfig } from "hardhat/types/config";
import type { HardhatPlugin } from "hardhat/types/plugins";
import vitestRunner from "./test/coverage/vitestRunner.ts";

const require = createRequire(import.meta.url);

/**
 * solc warns once of every `tstore` (code 2394), even in its own words "safe" one of a reentrancy guard that is cleared at the end of
 * the call. OpenZeppelin's is the only one here: without the warning, a build that says something says something new.
 */
const knownWarnings: HardhatPlugin = {
  id: "assay-known-warnings",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, config, next) {
          const { errors, ...output } = await next(context, compiler, input, config);
          const unknown = errors?.filter(({ errorCode }) => errorCode !== "2394") ?? [];
          return unknown.length > 0 ? { ...output, errors: unknown } : output;
        },
      }),
    }),
  },
};

/**
 * A chain that is deployed to. `<NAME>_RPC_URL` and the key are looked up when they are needed, in the environment or in Hardhat's
 * keystore, and stand nowhere else.
 */
function remote(
  variable: string,
  chainId: number,
  chainType: "l1" | "op" | "generic",
): HttpNetworkUserConfig {
  return {
    type: "http",
    chainType,
    chainId,
    url: configVariable(`${variable}_RPC_URL`),
    accounts: [configVariable("DEPLOYER_PRIVATE_KEY")],
  };
}

/**
 * What counts its coverage has a call at every line. With those, functions that the optimizer has put into others need more places on the
 * stack than there are: so it leaves them where they are. These are its own steps without the one for that, `i`.
 */
const withoutInlining = {
  details: {
    yulDetails: {
      optimizerSteps:
        "dhfoDgvulfnTUtnIf[xa[r]EscLMcCTUtTOntnfDIulLculVcul [j]Tpeulxa[rul]xa[r]cLgvfCTUca[r]LSsTFOtfDnca[r]Iulc]jmul[jul] VcTOcul jmul:fDnTOcmu",
    },
  },
};
const isCoverage = process.argv.includes("--coverage");

/** @param runs - how often each instruction is taken to be carried out: what is worth its code for the speed it gives. */
const compiler = (runs: number, viaIR = true) => ({
  version: "0.8.37",
  // The compiler comes from npm: it works offline and the lock file pins it.
  path: require.resolve("solc/soljson.js"),
  settings: {
    evmVersion: "cancun",
    viaIR,
    optimizer: { enabled: true, runs, ...(isCoverage ? withoutInlining : {}) },
    metadata: { bytecodeHash: "none" },
  },
});

/** Tests of Solidity play with contracts that the build made. Their own code may be slow, so the compiler takes its shorter way. */
const playing = compiler(200, false);

/** BLAKE3 is a loop over constants of 32 bytes, which the compiler copies from the code, for six times the gas, unless it is told of many runs. */
const hashing = compiler(1_000_000);

export default defineConfig({
  plugins: [hardhatToolboxViem, knownWarnings, vitestRunner],
  solidity: {
    compilers: [compiler(2_000)],
    overrides: {
      "contracts/proof/HostStepVerifier.sol": hashing,
      "contracts/proof/ProofArbiter.sol": hashing,
      "test/contracts/Marketplace.t.sol": playing,
      "test/contracts/MarketplaceHandler.sol": playing,
      "test/contracts/jury/JuryArbiter.t.sol": playing,
      "test/contracts/jury/JuryHandler.sol": playing,
      "test/contracts/offers/Awards.t.sol": playing,
      "test/contracts/offers/AwardsHandler.sol": playing,
      "test/contracts/offers/Offers.t.sol": playing,
      "test/contracts/offers/OffersHandler.sol": playing,
    },
  },
  // Beside the contracts that are deployed, the play money of local chains.
  paths: {
    sources: ["contracts", "devnet/contracts"],
    tests: { solidity: "test/contracts" },
  },
  test: {
    solidity: {
      // The same numbers every time, so that a failure is one for everybody; `FUZZ_SEED=2 hardhat test solidity` plays others.
      fuzz: { runs: 256, seed: `0x${BigInt(process.env.FUZZ_SEED ?? 1).toString(16)}` },
      // The handler of the invariant tests lets no call revert that has no right to. 5,120 calls; `npm run test:long` plays a million.
      invariant: {
        runs: Number(process.env.INVARIANT_RUNS ?? 32),
        depth: 160,
        failOnRevert: true,
      },
    },
  },
  networks: {
    // What tests run on. Contracts that count their coverage are larger than those that are deployed.
    default: {
      type: "edr-simulated",
      chainType: "l1",
      allowUnlimitedContractSize: process.env.HARDHAT_COVERAGE === "true",
    },
    mainnet: remote("MAINNET", 1, "l1"),
    sepolia: remote("SEPOLIA", 11_155_111, "l1"),
    polygon: remote("POLYGON", 137, "generic"),
    polygonAmoy: remote("POLYGON_AMOY", 80_002, "generic"),
    base: remote("BASE", 8453, "op"),
    baseSepolia: remote("BASE_SEPOLIA", 84_532, "op"),
    arbitrum: remote("ARBITRUM", 42_161, "generic"),
    optimism: remote("OPTIMISM", 10, "op"),
  },
  verify: {
    etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") },
    blockscout: { enabled: true },
    sourcify: { enabled: true },
  },
});
