/** A program of 16 MiB whose code is as much as can be proved, and which runs through all of it once. */

/** Functions with code, and rounds of it in each: 3.8 million instructions of the machine. */
const FUNCTIONS = 1_500;
const ROUNDS = 100;
const BYTES = 16_770_000;
/** Of 64 KiB: 64 MiB. */
const PAGES = 1_024;
/** Where `alloc` puts the input, and where the data are. */
const [INPUT, DATA] = [1_024, 1 << 20];

type Part = Uint8Array | readonly number[];

function joined(parts: readonly Part[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}

const sized = (body: Part): Uint8Array => joined([unsigned(body.length), body]);
const section = (id: number, ...parts: Part[]) => joined([[id], sized(joined(parts))]);
const text = (name: string) => sized(Buffer.from(name));

/** `alloc`'s type is that of the functions with code, too. */
const TYPES = [2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e];

/** A function from a number to a number: it multiplies, adds, turns, branches and stores, as hashing and simulations do. */
function mixing(below: (limit: number) => number): Uint8Array {
  const code = [1, 2, 0x7f];
  for (let round = 0; round < ROUNDS; round++) {
    // y = rotl(x · c + y, 7)
    code.push(
      0x20,
      0,
      0x41,
      ...signed(below(1 << 20)),
      0x6c,
      0x20,
      1,
      0x6a,
      0x41,
      7,
      0x77,
      0x21,
      1,
    );
    // if (y & 1) x ^= y
    code.push(0x20, 1, 0x41, 1, 0x71, 0x04, 0x40, 0x20, 0, 0x20, 1, 0x73, 0x21, 0, 0x0b);
    // memory[(x & 0xfffc) + 64 KiB] = y
    code.push(0x20, 0, 0x41, ...signed(0xfffc), 0x71, 0x20, 1, 0x36, 2, ...unsigned(1 << 16));
  }
  return sized([...code, 0x20, 1, 0x0b]);
}

/** Calls each of them with what the one before has given, and gives the last number. */
function run(): Uint8Array {
  const code: number[] = [1, 1, 0x7f];
  for (let index = 0; index < FUNCTIONS; index++) {
    code.push(0x20, 2, 0x10, ...unsigned(2 + index), 0x21, 2);
  }
  return sized([...code, 0x41, 0, 0x20, 2, 0x36, 2, 0, 0x42, 4, 0x0b]);
}

export function largestProgram(random: {
  below(limit: number): number;
  bytes(length: number): Uint8Array;
}): Uint8Array {
  const bodies = Array.from({ length: FUNCTIONS }, () => mixing((limit) => random.below(limit)));
  const alloc = sized([0, 0x41, ...signed(INPUT), 0x0b]);
  const count = unsigned(FUNCTIONS + 2);
  const code = section(10, count, alloc, run(), ...bodies);
  return joined([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, TYPES),
    section(3, count, [0, 1], new Uint8Array(FUNCTIONS)),
    section(5, [1, 1, ...unsigned(PAGES), ...unsigned(PAGES)]),
    section(7, [3], text("memory"), [2, 0], text("alloc"), [0, 0], text("run"), [0, 1]),
    code,
    section(11, [1, 0, 0x41, ...signed(DATA), 0x0b], sized(random.bytes(BYTES - code.length))),
  ]);
}
