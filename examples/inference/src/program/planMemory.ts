import { at } from "../graph/tensors.ts";
import type { QuantisedGraph } from "../quantise/quantise.ts";
import { scratchBytes } from "./scratch.ts";

/** Where each tensor lies while it is needed. */
export interface MemoryPlan {
  /** Bytes from the arena's start, by tensor; constants lie in the model and have none. */
  offsets: readonly (number | undefined)[];
  /** Of each layer, where it may write what it needs in between. */
  scratch: readonly number[];
  arenaBytes: number;
}

const ALIGNMENT = 8;
const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Gives tensors that are never needed at the same time the same bytes: the largest first, each in the lowest gap that it fits.
 * @param outputs - tensors that are needed until the end.
 */
export function planMemory(model: QuantisedGraph, outputs: readonly number[]): MemoryPlan {
  const { graph, layers } = model;
  const blocks: Block[] = [];
  const lastUse = new Map<number, number>();
  layers.forEach(({ inputs }, step) => {
    for (const id of inputs) lastUse.set(id, step);
  });
  for (const id of outputs) lastUse.set(id, layers.length);
  const addTensor = (tensor: number, first: number) => {
    const { size } = at(graph.tensors, tensor);
    // What nobody needs is written all the same.
    const last = Math.max(lastUse.get(tensor) ?? first, first);
    blocks.push({ tensor, bytes: aligned(size), first, last, offset: 0 });
  };
  addTensor(graph.input, -1);
  layers.forEach((layer, step) => {
    addTensor(layer.output, step);
    const bytes = layer.kind === "conv" ? aligned(scratchBytes(layer)) : 0;
    blocks.push({ scratch: step, bytes, first: step, last: step, offset: 0 });
  });
  const placed: Block[] = [];
  for (const block of blocks.toSorted((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const others = placed
      .filter(({ first, last }) => first <= block.last && block.first <= last)
      .toSorted((a, b) => a.offset - b.offset);
    for (const { offset, bytes } of others) {
      if (block.offset + block.bytes <= offset) break;
      block.offset = Math.max(block.offset, offset + bytes);
    }
    placed.push(block);
  }
  const offsets: (number | undefined)[] = graph.tensors.map(() => undefined);
  const scratch: number[] = [];
  for (const { tensor, scratch: step, offset } of placed) {
    if (tensor !== undefined) offsets[tensor] = offset;
    if (step !== undefined) scratch[step] = offset;
  }
  const arenaBytes = placed.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
  return { offsets, scratch, arenaBytes };
}

interface Block {
  tensor?: number;
  scratch?: number;
  bytes: number;
  /** The steps from which to which it is needed. */
  first: number;
  last: number;
  offset: number;
}
