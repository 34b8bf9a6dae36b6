import { packed, programOf } from "../../test/fixtures/programs.ts";

/** Bytes of an input. */
const INPUT_BYTES = 1_024;

/** Next to no work, and some 10 ms of it. */
export const programs = {
  quick: programOf("quick", { run: packed("(local.get $ptr)", "(i32.const 8)") }),
  slow: programOf("slow", {
    run: `(local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 10000000))))
    ${packed("(local.get $ptr)", "(i32.const 8)")}`,
  }),
};

export type Work = keyof typeof programs;

/** Inputs of which no two are the same. @param from - the first one's number. */
export function* inputs(from: number, count: number): Generator<Uint8Array> {
  for (let i = from; i < from + count; i++) {
    const input = new Uint8Array(INPUT_BYTES);
    new DataView(input.buffer).setUint32(0, i);
    yield input;
  }
}

/** Tasks with work that are run before anything is measured, so that engines have compiled it. */
const WARM = 20;

/** One place, or two, where tasks run. */
export interface Site {
  /** @returns seconds of so many tasks, all of whose results were read. */
  seconds(work: Work, count: number): Promise<number>;
  close(): Promise<unknown>;
}

export interface Figures {
  /** Wall clock, of tasks without work in two places. */
  microsPerTask: number;
  tasksPerSecond: number;
  /** Of tasks with work: how much faster two places are than one. */
  speedup2: number | null;
}

export interface Counts extends Record<Work, number> {
  rounds: number;
}

/** The quickest of several rounds, in which one place and two take turns: what else the machine does makes none of them quicker. */
export async function measure(
  open: (places: 1 | 2) => Promise<Site> | Site,
  { quick, slow, rounds }: Counts,
): Promise<Figures> {
  const [one, two] = [await open(1), await open(2)];
  const seconds = { quick: [] as number[], one: [] as number[], two: [] as number[] };
  for (const site of [one, two]) {
    await site.seconds("quick", Math.min(quick, 2_000));
    await site.seconds("slow", WARM);
  }
  for (let round = 0; round < rounds; round++) {
    seconds.quick.push(await two.seconds("quick", quick));
    seconds.one.push(await one.seconds("slow", slow));
    seconds.two.push(await two.seconds("slow", slow));
  }
  await Promise.all([one.close(), two.close()]);
  const perTask = Math.min(...seconds.quick) / quick;
  return {
    microsPerTask: Math.round(perTask * 1e7) / 10,
    tasksPerSecond: Math.round(1 / perTask),
    speedup2: Math.round((Math.min(...seconds.one) / Math.min(...seconds.two)) * 100) / 100,
  };
}
