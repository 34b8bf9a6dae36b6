import { Outcome } from "../../../protocol/job/job.ts";
import { STOP } from "../../abi/instrumented.ts";
import { PAGE_BYTES } from "../../module/memory.ts";
import { CHUNK_BYTES } from "../blake3/compress.ts";
import { GLOBAL, NONE } from "../core/opcode.ts";
import { type Ending, type Header, noResult, PHASE } from "../core/state.ts";
import type { Cells } from "../step/cells.ts";
import { enter } from "../step/enter.ts";
import { hashStep } from "./hash.ts";
import { loadStep } from "./load.ts";
import type { Own } from "./own.ts";
import type { Shown } from "./shown.ts";
import type { MachineTask } from "./task.ts";

/** What a step between two calls of the program has to know and may change. */
export interface HostStep {
  task: MachineTask;
  own: Own;
  shown: Shown;
}

/** A step of any phase in which no instruction is carried out. @returns the answer, once there is one. */
export function hostStep(header: Header, cells: Cells, step: HostStep): Ending | undefined {
  const { machine, maxFuel, maxResultBytes, input } = step.task;
  const { entries } = machine;
  const inputLength = BigInt(input.bytes.length);
  const enterAlloc = () =>
    enter(header, cells, { phase: PHASE.alloc, entry: entries.alloc, args: [inputLength] });
  const isSpent = () => BigInt.asIntN(64, cells.global(GLOBAL.fuel)) < 0n;
  /** Whether bytes that cross the ABI lie in the memory, where the ABI wants them. */
  const isInside = (address: number, length: number) =>
    address % CHUNK_BYTES === 0 && address + length <= header.pages * PAGE_BYTES;

  switch (header.phase) {
    case PHASE.begin:
      cells.setGlobal(GLOBAL.fuel, maxFuel);
      if (entries.start === NONE) enterAlloc();
      else enter(header, cells, { phase: PHASE.start, entry: entries.start, args: [] });
      return undefined;
    case PHASE.startReturned:
      if (isSpent()) return noResult(Outcome.overLimit);
      enterAlloc();
      return undefined;
    case PHASE.allocReturned: {
      if (isSpent()) return noResult(Outcome.overLimit);
      const address = Number(cells.slot(0));
      if (!isInside(address, input.bytes.length)) return noResult(Outcome.trap);
      Object.assign(header, { phase: PHASE.load, address, sp: 0, fp: 0, pc: 0 });
      return undefined;
    }
    case PHASE.runReturned: {
      if (isSpent()) return noResult(Outcome.overLimit);
      const packed = cells.slot(0);
      const [address, length] = [Number(packed >> 32n), Number(packed & 0xffff_ffffn)];
      if (!isInside(address, length)) return noResult(Outcome.trap);
      if (length > maxResultBytes) return noResult(Outcome.overLimit);
      Object.assign(header, { phase: PHASE.hash, address, length, sp: 0, fp: 0, pc: 0 });
      return undefined;
    }
    case PHASE.trapped: {
      const stop = Number(cells.global(GLOBAL.stop));
      const isOver = stop === STOP.overFuel || stop === STOP.overDepth;
      return noResult(isOver ? Outcome.overLimit : Outcome.trap);
    }
    case PHASE.load: {
      if (loadStep(header, cells, step)) return undefined;
      const args = [BigInt(header.address), inputLength];
      enter(header, cells, { phase: PHASE.run, entry: entries.run, args });
      Object.assign(header, { address: 0, progress: 0 });
      return undefined;
    }
    case PHASE.hash:
      return hashStep(header, cells, step);
    default:
      throw new Error(`no step of the host in phase ${header.phase}`);
  }
}
