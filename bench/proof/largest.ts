/** What a party waits for whose program is as large as can be: run by `proof.ts` as a process of its own. It prints one JSON object. */
import { instrumentProgram } from "../../sdk/src/program/index.ts";
import {
  createTrace,
  machineOfInstrumented,
  machineRootOf,
  machineTask,
} from "../../sdk/src/program/machine/index.ts";
import { cidOf } from "../../sdk/src/protocol/cid/cidOf.ts";
import { seededRandom } from "../../test/fixtures/random.ts";
import { largestProgram } from "./largestProgram.ts";
import { playMoves } from "./moves.ts";

/** Steps of the program, roughly. */
const ABOUT_STEPS = 2_500_000n;

const thousandths = (value: number) => Math.round(value * 1_000) / 1_000;
let began = performance.now();
function lap(): number {
  const took = (performance.now() - began) / 1_000;
  began = performance.now();
  return thousandths(took);
}

const program = largestProgram(seededRandom(1));
const instrumented = instrumentProgram(program);
lap();
await machineRootOf(instrumented);
const rootSeconds = lap();
const machine = machineOfInstrumented(instrumented);
const machineSeconds = lap();
const bytes = Uint8Array.of(1, 2, 3);
const input = { cid: cidOf(bytes), bytes };
const task = machineTask({ machine, maxSteps: 2n ** 34n, maxResultBytes: 4, input });
const trace = createTrace(task);
// The first move compiles all of it, and carries it out.
const [firstMoveSeconds = 0, ...moves] = playMoves(trace, ABOUT_STEPS);
const { steps } = trace.end();
process.stdout.write(
  `${JSON.stringify({
    ...{ bytes: program.length, instructions: machine.flat.code.length / 16, steps: Number(steps) },
    ...{ rootSeconds, machineSeconds, firstMoveSeconds: thousandths(firstMoveSeconds) },
    moveSeconds: thousandths(Math.max(...moves)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  })}\n`,
);
