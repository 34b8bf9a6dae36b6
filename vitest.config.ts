import { defineConfig } from "vitest/config";

const isLong = process.env.ASSAY_TEST_LONG === "true";

export default defineConfig({
  test: {
    // `npm run test:long` asks for the others: what waits for minutes on end for contents that nobody gives, and files with all variants of
    // their tests (`test/fixtures/long.ts`).
    include: [
      `{sdk,explorer,queue,network,runners,pipelines,worker,devnet,cli,examples,docs,deploy,test,bench}/**/*${isLong ? ".long" : ""}.test.ts`,
    ],
    exclude: ["**/node_modules/**", ...(isLong ? [] : ["**/*.long.test.ts"])],
    // Real chains, sockets and processes, which wait for one another as long as they compute: two cores carry three files at a time.
    maxWorkers: 3,
    // A worker goes from file to file: each has the repository's modules anew, and loads Hardhat, viem and libp2p no more than once a worker.
    isolate: false,
    // Only what hangs ends by these: tests wait for what happens, however busy the cores are. The long run's fuzzers have 100,000
    // inputs each.
    testTimeout: isLong ? 3_600_000 : 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 240_000 } },
    retry: 0,
    reporters: ["default", "./test/reporter.ts"],
  },
});
