import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{sdk,worker,examples,test,bench}/**/*.test.ts"],
    // Real chains, sockets and processes: two cores carry two files at a time, and a file's own time is its own.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    reporters: ["default", "./test/reporter.ts"],
  },
});
