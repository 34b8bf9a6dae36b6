import { expect, onTestFailed, test } from "vitest";
import initWabt from "wabt";
import { seededRandom } from "../../../../test/fixtures/random.ts";
import { createMachineWorld } from "../../../../test/fixtures/wast/machineWorld.ts";
import { randomModule } from "../../../../test/fixtures/wast/randomModule.ts";
import { createWorld } from "../../../../test/fixtures/wast/worlds.ts";
import { instrumentModule } from "../instrument/instrumentProgram.ts";
import { flattenModule } from "./flatten/flattenModule.ts";
import { machineOfModule } from "./image/machine.ts";

const wabt = await initWabt();
const MODULES = 200;
const INPUTS = [0, 1, -1, 77];
const GLOBALS = ["i32", "i64", "f32", "f64"];

function assemble(text: string): Uint8Array {
  const module = wabt.parseWat("module.wat", text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

test("random modules end in the machine as in the engine, for the same fuel and within the bound of steps", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  let ended = 0;
  for (let i = 0; i < MODULES; i++) {
    const wasm = instrumentModule(assemble(randomModule(random)));
    const [engine, machine] = [createWorld(), createMachineWorld()];
    for (const world of [engine, machine]) world.instantiate(wasm, undefined);
    const { stepsPerFuel, slack } = machineOfModule(flattenModule(wasm));
    for (const input of INPUTS) {
      const before = machine.steps;
      const endings = [engine, machine].map((world) => ({
        ending: world.invoke(undefined, "run", [input]),
        fuelUsed: world.fuelUsed,
        globals: GLOBALS.map((name) => world.get(undefined, name)),
      }));
      expect(endings[1]).toEqual(endings[0]);
      const steps = BigInt(machine.steps - before);
      const fuel = endings[0]?.fuelUsed as bigint;
      // After a trap the counter does not say all that was spent.
      if (endings[0]?.ending.type !== "results") continue;
      // There is fuel enough, so none of the slack is needed, which is for code that runs on when it is spent.
      expect(slack).toBeGreaterThan(0n);
      expect(steps).toBeLessThanOrEqual(BigInt(stepsPerFuel) * (fuel + 2n));
      ended += 1;
    }
  }
  expect(ended).toBeGreaterThan(MODULES);
});
