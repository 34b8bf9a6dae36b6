import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { findingsOf } from "../src/federation/findings.ts";
import type { RoundReport } from "../src/federation/training.ts";
import { createBars } from "../src/outputs/bars.ts";
import { formatClients } from "../src/outputs/clientTable.ts";
import { type Column, clientTable, writeTable } from "../src/outputs/tables.ts";
import { drawPlot } from "../src/outputs/terminalPlot.ts";

const columns: Column[] = [
  { name: "round", type: "INT32", data: [1, 2, 3] },
  { name: "accuracy", type: "DOUBLE", data: [0.1 + 0.2, 1e-9, null] },
  { name: "lied", type: "BOOLEAN", data: [true, false, null] },
  { name: "note", type: "STRING", data: ['a, "b"\nc', "", "1e5"] },
];

describe("tables", () => {
  test("in Parquet keep types, bits and what is missing", async () => {
    const bytes = writeTable(columns, "parquet") as Uint8Array;
    const rows = await parquetReadObjects({ file: bytes.slice().buffer as ArrayBuffer });
    expect(rows).toEqual([
      { round: 1, accuracy: 0.1 + 0.2, lied: true, note: 'a, "b"\nc' },
      { round: 2, accuracy: 1e-9, lied: false, note: "" },
      { round: 3, accuracy: null, lied: null, note: "1e5" },
    ]);
  });

  test("in CSV are read back by another reader", () => {
    const rows: string[][] = parse(writeTable(columns, "csv") as string);
    expect(rows[0]).toEqual(["round", "accuracy", "lied", "note"]);
    expect(Number(rows[1]?.[1])).toBe(0.1 + 0.2);
    expect(rows[1]?.slice(2)).toEqual(["true", 'a, "b"\nc']);
    expect(rows[3]).toEqual(["3", "", "", "1e5"]);
  });
});

describe("the plot of the terminal", () => {
  const line = { name: "a", mark: "●", colour: 32, values: [0, 0.5, 1] };

  test("has each line from its first to its last round, and room for those to come", () => {
    const drawn = drawPlot([line], { rounds: 5, colours: false });
    expect(drawn[0]).toMatch(/^ {2}1\.00 ┤ {29}·●$/);
    expect(drawn[12]).toMatch(/^ {2}0\.00 ┤●/);
    expect(drawn.join("\n")).not.toContain("\x1b");
    expect(drawn.at(-1)).toContain("● a");
    expect(drawPlot([{ ...line, values: [] }], { rounds: 1, colours: true })).toHaveLength(16);
  });

  test("shows the last of lines that meet, and values out of range at the edge", () => {
    const lines = [line, { ...line, mark: "×", values: [0, 7, Number.NaN] }];
    const drawn = drawPlot(lines, { rounds: 3, colours: false }).join("\n");
    expect(drawn).toMatch(/0\.00 ┤×/);
    expect(drawn.split("\n")[0]).toContain("×");
  });
});

test("bars: a log has a line for each that is complete, and the plot once, at the end; a terminal draws over what it drew", () => {
  const draw = (isTTY: boolean, size: { columns?: number; rows?: number } = {}) => {
    let text = "";
    const stream = {
      isTTY,
      ...size,
      write: (piece: string) => (text += piece),
    } as unknown as NodeJS.WriteStream;
    const bars = createBars(stream);
    bars.picture(["first"]);
    bars.update([
      { label: "rounds", done: 1, of: 2 },
      { label: "results", done: 3, of: undefined },
    ]);
    bars.picture(["second", "picture"]);
    bars.note("a note");
    bars.update([
      { label: "rounds", done: 2, of: 2 },
      { label: "results", done: 9, of: undefined },
    ]);
    bars.close();
    return text;
  };
  expect(draw(false)).toBe(`a note\n  rounds           ${"█".repeat(28)} 2/2\n\nsecond\npicture\n`);
  const screen: string[] = [];
  let row = 0;
  // Of a terminal as much as is used: cursor up, clear to the end.
  for (const [piece] of draw(true)
    .replaceAll("\x1b[", "␛")
    .matchAll(/␛\d*[A-Z]|\n|[^␛\n]+/g)) {
    const up = /^␛(\d+)A$/.exec(piece);
    if (up) row -= Number(up[1]);
    else if (piece === "␛J") screen.length = row;
    else if (piece === "\n") row += 1;
    else screen[row] = piece;
  }
  expect(screen.map((line) => line.trim().replace(/ .*/, ""))).toEqual([
    "a",
    "second",
    "picture",
    "rounds",
    "results",
  ]);
  // Where it would wrap, or scroll away, it is not drawn over but shown once.
  for (const size of [{ columns: 7 }, { rows: 4 }]) {
    expect(draw(true, size).match(/picture/g)).toHaveLength(1);
    expect(draw(true, size)).toMatch(/results +9\n\nsecond\npicture\n$/);
  }
});

/** A round in which the clients of `suspects` are suspected, with contributions by client. */
function round(shapley: Record<number, number>, suspects: number[]): RoundReport {
  const values = new Map(Object.entries(shapley).map(([client, value]) => [Number(client), value]));
  return {
    ...{
      round: 1,
      accuracy: 0,
      loss: 0,
      validation: { accuracy: 0, loss: 0 },
      clients: [],
      error: undefined,
    },
    participants: [...values.keys()],
    suspects: suspects.map((client) => ({ client, reason: "far" })),
    contributions: { shapley: values, leaveOneOut: new Map(), permutations: 1 },
  };
}

describe("who counts as a liar", () => {
  test("takes both signs: suspected in half of its rounds, and of no use all in all", () => {
    const findings = findingsOf([
      round({ 1: -0.1, 2: 0.3, 3: -0.1, 4: -0.1 }, [1, 2, 3]),
      round({ 1: 0.05, 2: -0.1, 3: -0.1, 5: -1 }, [1, 2]),
      round({ 3: -0.1 }, []),
    ]);
    expect([...findings.values()].filter(({ found }) => found).map(({ client }) => client)).toEqual(
      [1],
    );
    expect(findings.get(3)).toMatchObject({ rounds: 3, suspected: 1, found: false });
  });

  test("the table has every liar and everybody found, and the sentences count them", () => {
    const row = {
      rounds: 1,
      suspected: 0,
      found: false,
      isLiar: false,
      shapley: 1,
      leaveOneOut: 0,
    };
    const rows = Array.from({ length: 12 }, (_, client) => ({
      ...{ ...row, client, reputation: 0.5, accuracy: undefined, paidWei: 10n ** 15n },
      ...(client === 10 && { isLiar: true, found: true, paidWei: 0n }),
      ...(client === 11 && { found: true, paidWei: 0n }),
    }));
    const text = formatClients(rows, { byzantine: 3, arePaid: true }).join("\n");
    expect(text).toContain("1 of 3 liars took part: 1 found, 0 paid (0 ETH).");
    expect(text).toContain("11 honest clients took part: 1 found wrongly, 10 paid (0.01 ETH).");
    const without = formatClients(rows, { byzantine: 3, arePaid: false }).join("\n");
    expect(without).toContain("10 would be paid (0.01 ETH).");
    expect(without).toContain("would get (ETH)");
    expect(text).toMatch(/10 lied .* found/);
    expect(text).toMatch(/11 .* found, wrongly/);
    expect(text).toContain("5 more honest clients");
    expect(clientTable(rows).map(({ data }) => data.length)).toEqual(new Array(10).fill(12));
  });
});
