import { createRequire } from "node:module";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [hardhatToolboxViem],
  solidity: {
    compilers: [
      {
        version: "0.8.37",
        // The compiler comes from npm: it works offline and the lock file pins it.
        path: require.resolve("solc/soljson.js"),
        settings: {
          evmVersion: "cancun",
          viaIR: true,
          optimizer: { enabled: true, runs: 1_000_000 },
          metadata: { bytecodeHash: "none" },
        },
      },
    ],
  },
  paths: { sources: "contracts", tests: { solidity: "test/contracts" } },
  networks: {
    // The chain that `npm start` and the end-to-end test run on.
    local: { type: "edr-simulated", chainType: "l1", chainId: 31337 },
  },
});
