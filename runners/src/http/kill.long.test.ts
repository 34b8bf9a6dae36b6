import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { startHostProcess } from "../../test/startHostProcess.ts";
import { httpRunner } from "./index.ts";

const KILLS = 50;
const TASKS = 1_000;

test(`of two hosts one is killed in the middle of ${TASKS} tasks, at ${KILLS} random instants`, async () => {
  const { seed, below } = seededRandom();
  process.stdout.write(`SEED=${seed}\n`);
  const inputs = numbered(TASKS);
  let retries = 0;
  const stays = await startHostProcess();
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = await startHostProcess();
      const gone = once(victim.child, "exit");
      const runner = httpRunner({ hosts: [victim.url, stays.url], token: "secret" });
      const results = [];
      const instant = below(TASKS - 100);
      for await (const result of runner.run({ program: echo.wasm, inputs })) {
        if (results.push(result) !== instant + 1) continue;
        void sleep(below(10)).then(() => victim.child.kill("SIGKILL"));
      }
      await gone;
      const [, again = "0"] = /retries_total (\d+)/.exec(await runner.metrics()) ?? [];
      retries += Number(again);
      await runner.close();
      // Each position once, with its own bytes.
      results.sort((a, b) => a.position - b.position);
      expect(results.map(({ position }) => position)).toEqual(inputs.keys().toArray());
      expect(results.map((result) => "bytes" in result && result.bytes)).toEqual(inputs);
    }
  } finally {
    stays.child.kill("SIGKILL");
  }
  process.stdout.write(`${KILLS} kills, ${retries} tasks asked again elsewhere\n`);
  expect(retries).toBeGreaterThan(0);
});
