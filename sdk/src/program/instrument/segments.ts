import { int32List } from "./byteWriter.ts";

/**
 * The segments of a function: runs of instructions that are certain to be carried out once each whenever control passes
 * the place where their fuel is charged, unless the program traps before.
 */
export interface Segments {
  readonly length: number;
  /** Fuel that is charged where the segment begins; 0 is no charge. */
  cost(segment: number): number;
  /** Whether the program stops there when fuel has run out. Every round of a loop passes such a segment. */
  isChecked(segment: number): boolean;
  /** Blocks around the place where it is charged. */
  depth(segment: number): number;
}

export interface SegmentList extends Segments {
  open(depth: number): number;
  add(segment: number, cost: number): void;
  /** Opens the segment at a loop's head, which is charged there or, if that is cheaper, wherever a round begins. */
  openLoop(depth: number): number;
  /** Notes a branch in segment `from` to a loop, which is named by the segment at its head. */
  branchToLoop(head: number, from: number, conditional: boolean): void;
  /** Ends a loop that stands in segment `parent`. */
  closeLoop(head: number, parent: number): void;
}

const UNCHECKED = 0;
const CHECKED = 1;
/** The segment at a loop's head. */
const HEAD = 2;

const NONE = -1;
/** In place of the list of a loop's branches: one of them does not always begin a round, so its head is charged. */
const AT_HEAD = -2;

export function segmentList(): SegmentList {
  const costs = int32List();
  const kinds = int32List();
  const depths = int32List();
  // Of each loop's head, the newest of the segments that branch to it; of each segment, the one before it.
  const newest = int32List();
  const earlier = int32List();

  function open(kind: number, depth: number): number {
    costs.push(0);
    kinds.push(kind);
    depths.push(depth);
    newest.push(NONE);
    earlier.push(NONE);
    return costs.length - 1;
  }
  function add(segment: number, cost: number): void {
    costs.set(segment, costs.at(segment) + cost);
  }

  return {
    get length() {
      return costs.length;
    },
    cost: (segment) => costs.at(segment),
    isChecked: (segment) => kinds.at(segment) !== UNCHECKED,
    depth: (segment) => depths.at(segment),
    open: (depth) => open(UNCHECKED, depth),
    add,
    openLoop: (depth) => open(HEAD, depth),
    branchToLoop(head, from, conditional) {
      if (newest.at(head) === AT_HEAD) return;
      // A head that is charged elsewhere itself can carry no other's fuel.
      if (conditional || kinds.at(from) === HEAD) {
        newest.set(head, AT_HEAD);
        return;
      }
      earlier.set(from, newest.at(head));
      newest.set(head, from);
    },
    closeLoop(head, parent) {
      if (newest.at(head) === AT_HEAD) return;
      const cost = costs.at(head);
      add(parent, cost);
      for (let from = newest.at(head); from !== NONE; from = earlier.at(from)) {
        add(from, cost);
        kinds.set(from, CHECKED);
      }
      costs.set(head, 0);
    },
  };
}
