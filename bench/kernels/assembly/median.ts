// The median of each coordinate by itself. Input: u32 n, d, 0, 0; then n × d f32. Result: d f64.
import { Rows, words } from "../../../examples/federated-learning/assembly/aggregate/rows";
import { ColumnRule, byColumn } from "../../../examples/federated-learning/assembly/aggregate/columns";

export function main(input: Uint8Array): Uint8Array {
  const n = load<u32>(input.dataStart);
  const d = load<u32>(input.dataStart, 4);
  const starts = words(n);
  for (let i: u32 = 0; i < n; i++) store<usize>(starts + i * 4, input.dataStart + 16 + <usize>i * d * 4);
  const result = new Float64Array(d);
  byColumn(new Rows(n, d, 4, starts), ColumnRule.median, 0, 0, result.dataStart);
  return Uint8Array.wrap(result.buffer);
}
