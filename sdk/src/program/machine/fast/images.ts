import { PAGE_BYTES } from "../../module/memory.ts";
import { stateHash } from "../core/state.ts";
import type { FlatModule } from "../flatten/flattenModule.ts";
import { MEMORY_DEPTH, SLOTS_A_LEAF, STACK_DEPTH } from "../image/machine.ts";
import { pagedTree } from "../merkle/pagedTree.ts";
import { depthOf, LEAF_BYTES, sparseTree } from "../merkle/tree.ts";
import type { Stage } from "../task/execution.ts";
import { type Own, ownHash } from "../task/own.ts";
import type { FastMachine } from "./fastMachine.ts";
import type { Snapshot } from "./snapshots.ts";

/** The trees of a machine under way, brought up to date when they are asked for. */
export interface Images {
  hash(): Uint8Array;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** A copy of the state, from which the reference can go on. */
  stage(): Stage;
}

/** Slots as a tree has them: most significant byte first. */
function slotBytes(slots: BigUint64Array, out: Uint8Array): Uint8Array {
  out.set(new Uint8Array(slots.buffer, slots.byteOffset, out.length));
  Buffer.from(out.buffer, out.byteOffset, out.length).swap64();
  return out;
}

function takeSlots(bytes: Uint8Array, slots: BigUint64Array): void {
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap64();
  new Uint8Array(slots.buffer, slots.byteOffset, bytes.length).set(bytes);
}

export function imagesOf(machine: FastMachine, flat: FlatModule): Images {
  const { cells } = machine;
  const globalsDepth = depthOf(Math.ceil(flat.globals.length / SLOTS_A_LEAF));
  const stack = pagedTree(STACK_DEPTH, 2 ** STACK_DEPTH);
  const globals = pagedTree(globalsDepth, 2 ** globalsDepth);
  const maxBytes = PAGE_BYTES * Math.max(flat.memory.pages, flat.memory.maxPages);
  const memory = pagedTree(MEMORY_DEPTH, maxBytes / LEAF_BYTES);
  const stackBytes = new Uint8Array(LEAF_BYTES * 2 ** STACK_DEPTH);
  const globalBytes = new Uint8Array(cells.globals.byteLength);

  function capture(): void {
    stack.capture(slotBytes(cells.stack, stackBytes));
    globals.capture(slotBytes(cells.globals, globalBytes));
    memory.capture(cells.memory());
  }

  return {
    hash() {
      capture();
      const roots = {
        stack: stack.node(STACK_DEPTH, 0),
        memory: memory.node(MEMORY_DEPTH, 0),
        globals: globals.node(globalsDepth, 0),
      };
      return stateHash(machine.header, roots, ownHash(machine.own));
    },
    snapshot() {
      capture();
      return {
        steps: machine.steps,
        header: { ...machine.header },
        own: copyOf(machine.own),
        ...{ stack: stack.pages(), memory: memory.pages(), globals: globals.pages() },
      };
    },
    restore(snapshot) {
      capture();
      stack.restore(snapshot.stack, stackBytes);
      takeSlots(stackBytes, cells.stack);
      globals.restore(snapshot.globals, globalBytes);
      takeSlots(globalBytes, cells.globals);
      memory.restore(snapshot.memory, cells.memory());
      machine.goBackTo(snapshot.steps, { ...snapshot.header }, copyOf(snapshot.own));
    },
    stage() {
      capture();
      return {
        header: { ...machine.header },
        own: copyOf(machine.own),
        steps: BigInt(machine.steps),
        trees: {
          stack: sparseTree(STACK_DEPTH, stack.node),
          memory: sparseTree(MEMORY_DEPTH, memory.node),
          globals: sparseTree(globalsDepth, globals.node),
        },
      };
    },
  };
}

const copyOf = ({ digest, values, links }: Own): Own => ({
  digest,
  values: [...values],
  links: [...links],
});
