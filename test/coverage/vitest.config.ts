import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The contract tests but those of gas and size, which contracts that count their coverage need more of, and those of processes that deploy
 * contracts of their own, which nobody counts.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["test/contracts/**/*.test.ts"],
    exclude: ["**/gas.test.ts"],
    testNamePattern: /^(?!.*(fits into a block|npm run deploy))/,
    setupFiles: ["test/coverage/recordCoverage.ts"],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: 0,
    reporters: ["dot"],
  },
});
