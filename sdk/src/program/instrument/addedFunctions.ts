import { STOP } from "../abi/instrumented.ts";
import { PAGE_BYTES } from "../module/memory.ts";
import { type ByteWriter, byteWriter } from "./byteWriter.ts";
import type { Additions } from "./writeFunction.ts";

/** A unit of fuel pays for 2³ = 8 bytes of a bulk operation, and a page of new memory costs as much as filling it. */
const LOG2_BYTES_PER_FUEL = 3;
const FUEL_PER_PAGE = PAGE_BYTES >> LOG2_BYTES_PER_FUEL;

const EMPTY_TYPE = 0x40;
const I32 = 0x7f;
const I64 = 0x7e;
const END = 0x0b;

type Globals = Pick<Additions, "fuelGlobal" | "stopGlobal">;

/** Writes the bodies of the two functions that a module with a memory gets: both take an i32 and return one. */
export function writeAddedFunctions(out: ByteWriter, maxPages: number, globals: Globals): void {
  writeBody(out, (body) => {
    // (bytes) → bytes, once they are paid
    takeFuel(body, globals, () => {
      body.bytes([0x42, LOG2_BYTES_PER_FUEL, 0x88]); // i64.const, i64.shr_u
    });
    body.bytes([0x20, 0]); // local.get 0
  });
  writeBody(out, (body) => {
    // (pages) → what memory.grow gives; what cannot be had costs nothing
    body.bytes([0x20, 0, 0x41]); // local.get 0, i32.const
    body.signed(maxPages);
    body.bytes([0x3f, 0, 0x6b, 0x4b]); // memory.size, i32.sub, i32.gt_u
    body.bytes([0x04, EMPTY_TYPE, 0x41, 0x7f, 0x0f, END]); // if, i32.const -1, return, end
    takeFuel(body, globals, () => {
      body.byte(0x42);
      body.signed(FUEL_PER_PAGE);
      body.byte(0x7e); // i64.mul
    });
    body.bytes([0x20, 0, 0x40, 0, 0x22, 0]); // local.get 0, memory.grow, local.tee 0
    body.bytes([0x41, 0x7f, 0x46]); // i32.const -1, i32.eq
    stopIf(body, globals, STOP.hostMemory);
    body.bytes([0x20, 0]); // local.get 0
  });
}

/** Takes fuel for the parameter, a number that `scale` turns into fuel. */
function takeFuel(body: ByteWriter, globals: Globals, scale: () => void): void {
  body.byte(0x23); // global.get
  body.u32(globals.fuelGlobal);
  body.bytes([0x20, 0, 0xad]); // local.get 0, i64.extend_i32_u
  scale();
  body.bytes([0x7d, 0x22, 1, 0x24]); // i64.sub, local.tee 1, global.set
  body.u32(globals.fuelGlobal);
  body.bytes([0x20, 1, 0x42, 0, 0x53]); // local.get 1, i64.const 0, i64.lt_s
  stopIf(body, globals, STOP.overFuel);
}

function stopIf(body: ByteWriter, { stopGlobal }: Globals, reason: number): void {
  body.bytes([0x04, EMPTY_TYPE, 0x41, reason, 0x24]); // if, i32.const, global.set
  body.u32(stopGlobal);
  body.bytes([0x00, END]); // unreachable, end
}

function writeBody(out: ByteWriter, write: (body: ByteWriter) => void): void {
  const body = byteWriter();
  body.bytes([1, 1, I64]); // one local: the fuel that is left
  write(body);
  body.byte(END);
  out.u32(body.length);
  out.bytes(body.view());
}

export const ADDED_FUNCTION_TYPE = { parameters: [I32], results: [I32] };
