import type { Content } from "../store/content.ts";

/** A place of a tree that has its answer: a value, nothing, or in a plan one that is not known. */
export type Leaf = { content: Content | undefined } | "nothing";

interface Node {
  slots: (Leaf | undefined)[];
  filled: number;
}

export interface TreeParameters {
  arity: number;
  /** Wants several values combined; the answer comes by {@link Tree.put}, at this level and place. */
  combine(level: number, place: number, values: (Content | undefined)[]): void;
  /** All of it is one value, or nothing. */
  onRoot(root: Leaf): void;
}

/**
 * Combines values by their places, in whatever order they come. Level 0 is the values themselves, and a node of level n + 1 has `arity` neighbours of
 * level n below it. A node is done once all of its places have answered; one value alone is handed up as it is. In memory are
 * the nodes that wait for others.
 */
export class Tree {
  readonly #parameters: TreeParameters;
  /** Nodes by level, from 1 on, and place. */
  readonly #levels: Map<number, Node>[] = [];
  #count: number | undefined;

  constructor(parameters: TreeParameters) {
    this.#parameters = parameters;
  }

  /** @param level - 0 for a value, else what {@link TreeParameters.combine} asked for. */
  put(level: number, place: number, leaf: Leaf): void {
    if (this.#count !== undefined && this.#widthOf(level) === 1) {
      this.#parameters.onRoot(leaf);
      return;
    }
    const { arity } = this.#parameters;
    const parent = Math.floor(place / arity);
    const node = this.#node(level + 1, parent);
    node.slots[place % arity] = leaf;
    node.filled++;
    this.#look(level + 1, parent);
  }

  /** Says how many values there are; until then no node can be the last of its level. */
  close(count: number): void {
    this.#count = count;
    if (count === 0) {
      this.#parameters.onRoot("nothing");
      return;
    }
    let level = 0;
    for (; this.#widthOf(level) > 1; level++) {
      const last = this.#widthOf(level + 1) - 1;
      if (this.#levels[level + 1]?.has(last)) this.#look(level + 1, last);
    }
    // The root may have come before it was known to be one.
    const above = this.#levels[level + 1]?.get(0);
    const root = above?.slots[0];
    if (root !== undefined) this.#parameters.onRoot(root);
  }

  #widthOf(level: number): number {
    return Math.ceil((this.#count ?? 0) / this.#parameters.arity ** level);
  }

  #node(level: number, place: number): Node {
    this.#levels[level] ??= new Map();
    const nodes = this.#levels[level];
    let node = nodes.get(place);
    if (node === undefined) {
      node = { slots: [], filled: 0 };
      nodes.set(place, node);
    }
    return node;
  }

  /** Passes a node on if all below it has answered. */
  #look(level: number, place: number): void {
    const { arity, combine } = this.#parameters;
    const node = this.#levels[level]?.get(place);
    const below =
      this.#count === undefined ? arity : Math.min(arity, this.#widthOf(level - 1) - place * arity);
    if (node === undefined || node.filled < below) return;
    this.#levels[level]?.delete(place);
    const values = node.slots.filter((slot) => slot !== undefined && slot !== "nothing");
    const [only] = values;
    if (values.length < 2) this.put(level, place, only ?? "nothing");
    else
      combine(
        level,
        place,
        values.map(({ content }) => content),
      );
  }
}
