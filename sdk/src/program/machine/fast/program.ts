import type { FlatModule } from "../flatten/flattenModule.ts";
import { type Blocks, blocksOf, NO_BLOCK } from "./compile/blocks.ts";
import { type Layout, layoutOf } from "./compile/layout.ts";
import { writeModule } from "./compile/writeModule.ts";

/**
 * Instructions that are compiled together, in some 100 ms. A call from one part to another stops the compiled code, so that they are as large as
 * most programs.
 */
const PART_INSTRUCTIONS = 1 << 16;

/** Some functions of a program, or a piece of one that is too long for that, compiled when it is first come to. */
export interface Part {
  readonly module: WebAssembly.Module;
  /** The block that begins at a place. */
  blockAt(pc: number): number | undefined;
  /** Elements of the program's tables whose functions are here, and their blocks. */
  readonly elements: readonly { index: number; block: number }[];
}

/** A program's code, compiled where it is run. */
export interface CompiledProgram {
  readonly layout: Layout;
  /** The part in which a place is; `undefined` if none is compiled there. */
  partAt(pc: number): Part | undefined;
}

interface Range {
  from: number;
  end: number;
  /** Whose blocks are still to be found. */
  functions: { first: number; end: number } | undefined;
  part?: Part;
}

export function compiledProgram(flat: FlatModule): CompiledProgram {
  const layout = layoutOf(flat);
  const blocks = blocksOf(flat);
  const ranges = rangesOf(blocks);
  const elements = elementsByEntry(flat);

  function indexOf(pc: number): number {
    let [low, high] = [0, ranges.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle] as Range).from <= pc) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    layout,
    partAt(pc) {
      let index = indexOf(pc);
      let range = ranges[index];
      if (range === undefined) return undefined;
      if (range.functions !== undefined) {
        blocks.find(range.functions);
        ranges.splice(index, 1, ...piecesOf(range, blocks));
        index = indexOf(pc);
        range = ranges[index] as Range;
      }
      range.part ??= compile(range, { blocks, layout, elements });
      return range.part;
    },
  };
}

/** Functions next to each other, as many as are compiled together. */
function rangesOf({ flat, endOf }: Blocks): Range[] {
  const ranges: Range[] = [];
  let first = 0;
  for (const [index, from] of flat.entries.entries()) {
    const begin = flat.entries[first] as number;
    if (index > first && endOf(index) - begin > PART_INSTRUCTIONS) {
      ranges.push({ from: begin, end: from, functions: { first, end: index } });
      first = index;
    }
  }
  const count = flat.entries.length;
  if (count > 0) {
    const functions = { first, end: count };
    ranges.push({ from: flat.entries[first] as number, end: endOf(count - 1), functions });
  }
  return ranges;
}

/** A function that is longer than a part is cut where blocks begin. */
function piecesOf({ from, end }: Range, { heights }: Blocks): Range[] {
  const pieces: Range[] = [];
  let begin = from;
  for (let pc = from; pc < end; pc++) {
    if (pc - begin < PART_INSTRUCTIONS || heights[pc] === NO_BLOCK) continue;
    pieces.push({ from: begin, end: pc, functions: undefined });
    begin = pc;
  }
  return [...pieces, { from: begin, end, functions: undefined }];
}

function elementsByEntry({ table }: FlatModule): Map<number, number[]> {
  const elements = new Map<number, number[]>();
  for (const [index, element] of table.entries()) {
    if (element === undefined) continue;
    const others = elements.get(element.entry);
    if (others === undefined) elements.set(element.entry, [index]);
    else others.push(index);
  }
  return elements;
}

function compile(
  { from, end }: Range,
  {
    blocks,
    layout,
    elements,
  }: { blocks: Blocks; layout: Layout; elements: ReadonlyMap<number, readonly number[]> },
): Part {
  const { bytes, places } = writeModule(blocks, { from, end, layout });
  const numbers = new Map(places.map((pc, number) => [pc, number]));
  return {
    module: new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>),
    blockAt: (pc) => numbers.get(pc),
    elements: places.flatMap((pc, block) =>
      (elements.get(pc) ?? []).map((index) => ({ index, block })),
    ),
  };
}
