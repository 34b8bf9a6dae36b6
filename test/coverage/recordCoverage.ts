/** Runs in each test file's process: what it reached is written down for Hardhat's report. */
import hre from "hardhat";
import { afterAll } from "vitest";
import { RUNNER } from "./vitestRunner.ts";

afterAll(async () => {
  await hre.hooks.runHandlerChain("test", "onTestWorkerDone", [RUNNER], async () => {});
});
