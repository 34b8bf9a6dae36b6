import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** `Tests: N passed, N failed, N skipped`: a plain line that people and machines read alike. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Closes a run with its summary. Of a run that is one of several, `ASSAY_TEST_COUNTS` names the file that collects the counts. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count: Counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === "pending" ? "skipped" : state] += 1;
      }
    }
    const collected = process.env.ASSAY_TEST_COUNTS;
    if (collected === undefined) process.stdout.write(`\n${summary(count)}\n`);
    else appendFileSync(collected, `${JSON.stringify(count)}\n`);
  }
}
