import { type Code, MEMORY, OP, TYPE } from "../../wasm/code.ts";
import { SLOT_BYTES } from "./layout.ts";
import { push, take, type Value } from "./values.ts";

/**
 * The slots of a frame in one block, counted from `fp` on: each is read once at most, and written when the block is left, but for what was
 * written over until then.
 */
export interface Slots {
  get(index: number): Value;
  set(index: number, value: Value): void;
  /** Writes all that changed, so that the block may be left here. */
  flush(): void;
}

/** @param frame - the local that has the frame's address. */
export function slotsOf(code: Code, { frame, stack }: { frame: number; stack: number }): Slots {
  const known = new Map<number, Value>();
  const changed = new Set<number>();
  return {
    get(index) {
      let value = known.get(index);
      if (value === undefined) {
        code.get(frame);
        code.access(OP.i64Load, MEMORY.stack, stack + SLOT_BYTES * index);
        value = take(code, TYPE.i64);
        known.set(index, value);
      }
      return value;
    },
    set(index, value) {
      known.set(index, value);
      changed.add(index);
    },
    flush() {
      for (const index of changed) {
        code.get(frame);
        push(code, known.get(index) as Value, TYPE.i64);
        code.access(OP.i64Store, MEMORY.stack, stack + SLOT_BYTES * index);
      }
      changed.clear();
    },
  };
}
