import { int32List } from "./byteWriter.ts";

/** In place of the segment at a loop's head, for a block that is no loop. */
export const NO_HEAD = -1;

/** What is known of a block that has begun and not ended. */
export const FRAME = {
  /** Operands below it. */
  base: 0,
  parameters: 1,
  results: 2,
  /** The segment that instructions at its end belong to. */
  segment: 3,
  /** The outermost block that a branch out of it leads to. */
  outermost: 4,
  /** The segment at a loop's head. */
  head: 5,
} as const;
type Field = (typeof FRAME)[keyof typeof FRAME];

const FRAME_SIZE = 6;

/** The blocks around an instruction, in one list of numbers so that no nesting is too deep. */
export interface ControlStack {
  readonly length: number;
  /** Index of the innermost block; the function's own is 0. */
  readonly depth: number;
  get(index: number, field: Field): number;
  set(index: number, field: Field, value: number): void;
  push(block: { base: number; parameters: number; results: number; segment: number }): void;
  pop(): void;
}

export function controlStack(): ControlStack {
  const numbers = int32List();
  const stack: ControlStack = {
    get length() {
      return numbers.length / FRAME_SIZE;
    },
    get depth() {
      return numbers.length / FRAME_SIZE - 1;
    },
    get: (index, field) => numbers.at(index * FRAME_SIZE + field),
    set: (index, field, value) => numbers.set(index * FRAME_SIZE + field, value),
    push({ base, parameters, results, segment }) {
      const index = stack.length;
      numbers.push(base);
      numbers.push(parameters);
      numbers.push(results);
      numbers.push(segment);
      numbers.push(index); // no branch out of it is known yet
      numbers.push(NO_HEAD);
    },
    pop: () => numbers.truncate(numbers.length - FRAME_SIZE),
  };
  return stack;
}
