/** Runs programs that want 4 GiB of memory, and prints which errors that gives: to be run where there is less. */

import { packed, programOf } from "../../../test/fixtures/programs.ts";
import { createExecutor } from "../../src/executor/executor.ts";

const executor = createExecutor({ processes: 1 });
const programs = [
  programOf("huge from the start", { pages: 65_536, run: "(i64.const 0)" }),
  programOf("huge by growing", {
    ...{ pages: 2, maxPages: 65_536 },
    run: `(drop (memory.grow (i32.const 65534))) ${packed("(i32.const 0)", "(i32.const 1)")}`,
  }),
];
for (const program of programs) {
  const input = new Uint8Array();
  const limits = { maxResultBytes: 1, maxSteps: 2n ** 40n };
  const end = await executor.run({ program, input, ...limits }).then(
    ({ outcome }) => outcome,
    (error: { code: string }) => error.code,
  );
  console.log(`${program.id}: ${end}`);
}
await executor.close();
