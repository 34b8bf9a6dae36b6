/** Lays rows out in columns: the first one left-aligned, the others right-aligned. */
export function formatTable(
  header: readonly string[],
  body: readonly (readonly string[])[],
): string {
  const all = [header, ...body];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("   ")}`;
  const rule = `  ${widths.map((width) => "─".repeat(width)).join("───")}`;
  return [line(header), rule, ...body.map(line)].join("\n");
}

/** `1234567` → `1,234,567`. */
export function formatCount(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** `0x70997970C51812dc3A010C7d01b50e0d17dc79C8` → `0x7099…79C8`. */
export function shortHex(value: string): string {
  return value.length <= 13 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`;
}
