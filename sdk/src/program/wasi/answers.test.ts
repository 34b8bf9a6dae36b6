import { describe, expect, test } from "vitest";
import { commandOf } from "../../../../test/fixtures/wasi.ts";
import { type LinkWasiParameters, linkWasi, Outcome, runProgram } from "../index.ts";

// What the shim answers, call by call. The calls of files and directories are tested by programs in C, Rust and Go too
// (test/wasi): here is what their libraries never ask.

const bytes = (text: string) => new TextEncoder().encode(text);

/**
 * Makes calls one after the other, each with 64 bytes at 1,024 to answer in, and gives what each returned and answered.
 * `data` lies at 512.
 */
function answers(
  calls: readonly string[],
  { data = "", input = "", ...environment }: Setting = {},
): { errno: number; answer: DataView }[] {
  const each = calls.map(
    (call) => `(memory.fill (i32.const 1024) (i32.const 0) (i32.const 64))
      (i32.store (i32.const 1020) ${call})
      (call $write (i32.const 1) (i32.const 1020) (i32.const 68))`,
  );
  const wasm = commandOf({
    start: each.join("\n"),
    rest: `(data (i32.const 512) "${data}") (data (i32.const 256) "\\00\\04\\00\\00\\40\\00\\00\\00")`,
  });
  const program = linkWasi({ wasm, ...environment });
  const run = runProgram({ wasm: program, input: bytes(input) });
  if (run.outcome !== Outcome.ok) throw new Error("the program failed");
  expect(run.bytes).toHaveLength(68 * calls.length);
  return calls.map((_, index) => ({
    errno: new DataView(run.bytes.buffer, 68 * index).getUint32(0, true),
    answer: new DataView(run.bytes.buffer, 68 * index + 4, 64),
  }));
}
type Setting = Omit<LinkWasiParameters, "wasm"> & { data?: string; input?: string };

const textOf = ({ answer }: { answer: DataView }, length: number) =>
  new TextDecoder().decode(new Uint8Array(answer.buffer, answer.byteOffset, length));

const call = (name: string, ...values: (number | string)[]) =>
  `(call $${name} ${values
    .map((value) => (typeof value === "number" ? `(i32.const ${value})` : `(i64.const ${value})`))
    .join(" ")})`;
/** A list of one buffer: the 64 bytes. */
const LIST = 256;
const ANSWER = 1024;

describe("time", () => {
  const START = 946_684_800_000_000_000n;

  test("stands still, on every clock", () => {
    const calls = [0, 1, 2, 3].map((clock) => call("clock_time_get", clock, "0", ANSWER));
    for (const { errno, answer } of answers([...calls, ...calls])) {
      expect([errno, answer.getBigUint64(0, true)]).toEqual([0, START]);
    }
    expect(answers([call("clock_time_get", 4, "0", ANSWER)])[0]?.errno).toBe(28);
  });

  test("goes on by what is waited for", () => {
    // A subscription with user data 7, to clock 1, for 5 seconds.
    const data = `\\07${"\\00".repeat(15)}\\01${"\\00".repeat(7)}\\00\\f2\\05\\2a\\01${"\\00".repeat(19)}`;
    const [wait, after] = answers(
      [call("poll_oneoff", 512, ANSWER, 1, 300), call("clock_time_get", 1, "0", ANSWER)],
      { data },
    );
    expect([wait?.errno, wait?.answer.getBigUint64(0, true)]).toEqual([0, 7n]);
    expect(after?.answer.getBigUint64(0, true)).toBe(START + 5_000_000_000n);
  });

  test("does not pass while there is something to read", () => {
    const clock = `${"\\00".repeat(16)}\\01${"\\00".repeat(7)}\\00\\f2\\05\\2a\\01${"\\00".repeat(19)}`;
    const stdin = `\\09${"\\00".repeat(7)}\\01${"\\00".repeat(39)}`;
    const [wait, after] = answers(
      [call("poll_oneoff", 512, ANSWER, 2, 300), call("clock_time_get", 1, "0", ANSWER)],
      { data: clock + stdin, input: "abc" },
    );
    // The event of standard input alone, with 3 bytes to read.
    expect(wait?.answer.getBigUint64(0, true)).toBe(9n);
    expect(wait?.answer.getBigUint64(16, true)).toBe(3n);
    expect(wait?.answer.getBigUint64(32, true)).toBe(0n);
    expect(after?.answer.getBigUint64(0, true)).toBe(START);
  });
});

describe("randomness", () => {
  const random = (input: string, lengths = [64]) =>
    answers(
      lengths.map((length) => call("random_get", ANSWER, length)),
      { input },
    ).map(({ answer }) => Buffer.from(answer.buffer, answer.byteOffset, 64).toString("hex"));

  test("follows from the input", () => {
    expect(random("a")).toEqual(random("a"));
    const inputs = ["", "\0", "\0\0", "a", "b", "aaaaaaaab", "aaaaaaaac", `${"a".repeat(99)}b`];
    expect(new Set(inputs.map((input) => random(input)[0])).size).toBe(inputs.length);
  });

  test("never repeats itself, and gives as much as is asked for", () => {
    const [first = "", second = "", third = ""] = random("x", [64, 64, 5]);
    expect(first).not.toBe(second);
    expect(third.slice(10)).toBe("00".repeat(59));
    expect(third.slice(0, 10)).not.toBe("00".repeat(5));
  });
});

describe("standard streams", () => {
  test("are read and written by the right descriptors alone", () => {
    const [none, read, readOut, again, write, writeIn] = answers(
      [
        call("fd_read", 9, LIST, 1, 300),
        call("fd_read", 0, LIST, 1, 300),
        call("fd_read", 1, LIST, 1, 300),
        call("fd_read", 0, LIST, 1, 300),
        call("fd_write", 2, LIST, 1, 300),
        call("fd_write", 0, LIST, 1, 300),
      ],
      { input: "0123456789".repeat(7) },
    );
    const codes = [none, read, readOut, again, write, writeIn].map((each) => each?.errno);
    expect(codes).toEqual([8, 0, 8, 0, 0, 8]);
    expect(read && textOf(read, 10)).toBe("0123456789");
    expect(again && textOf(again, 10)).toBe("456789\0\0\0\0");
  });
});

describe("files", () => {
  const files = { "table/numbers.txt": bytes("one two three") };
  /** Opens what `data` names from `from` to `to`, with flags and rights. */
  const open = (from: number, to: number, flags = 0, rights = "2") =>
    call("path_open", 3, 0, 512 + from, to - from, flags, rights, "0", 0, ANSWER);
  const data =
    "table/numbers.txt|/etc/passwd|../x|table/numbers.txt/|table/../table//numbers.txt|new";
  const at = (name: string) => [data.indexOf(name), data.indexOf(name) + name.length] as const;
  const numbers = at("table/numbers.txt");
  const CREATE = 1;
  const DIRECTORY = 2;
  const EXCLUSIVE = 4;
  const TRUNCATE = 8;
  const WRITE = "64";

  test.each([
    ["a file that is there", open(...numbers), 0],
    ["by a longer way", open(...at("table/../table//numbers.txt")), 0],
    ["a directory", open(0, 5, DIRECTORY), 0],
    ["a file as a directory", open(...numbers, DIRECTORY), 54],
    ["a file with a slash behind it", open(...at("table/numbers.txt/")), 54],
    ["what is not there", open(...at("new")), 44],
    ["a path from the root", open(...at("/etc/passwd")), 76],
    ["what is outside", open(...at("../x")), 76],
    ["nothing", open(0, 0), 44],
    ["a new file", open(...at("new"), CREATE), 69],
    ["an old file as a new one", open(...numbers, CREATE | EXCLUSIVE), 20],
    ["a file, which is created if need be", open(...numbers, CREATE), 0],
    ["a file to write", open(...numbers, 0, WRITE), 69],
    ["a file to empty", open(...numbers, TRUNCATE), 69],
    ["a directory to write", open(0, 5, 0, WRITE), 31],
  ])("opening %s", (_, opening, errno) => {
    expect(answers([opening], { files, data })[0]?.errno).toBe(errno);
  });

  test("are read to their end", () => {
    const [opened, first, second] = answers(
      [open(...numbers), call("fd_read", 4, LIST, 1, 300), call("fd_read", 4, LIST, 1, 300)],
      { files, data },
    );
    expect(opened?.answer.getUint32(0, true)).toBe(4);
    expect(first && textOf(first, 14)).toBe("one two three\0");
    expect(second && textOf(second, 1)).toBe("\0");
  });

  test("are 252 at most at once", () => {
    const opened = answers(Array<string>(253).fill(open(...numbers)), { files, data });
    expect(opened.slice(0, 252).every(({ errno }) => errno === 0)).toBe(true);
    expect(opened[252]?.errno).toBe(33);
  });
});

test("what there is not answers ENOSYS", () => {
  const calls = [call("sock_shutdown", 3, 0), call("path_unlink_file", 3, 512, 1)];
  expect(answers(calls).map(({ errno }) => errno)).toEqual([52, 52]);
});
