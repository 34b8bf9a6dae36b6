// Krum's scores by themselves. Input: u32 n, d, f, 0; then n × d f32. Result: n f64.
import { Rows, words } from "../../../examples/federated-learning/assembly/aggregate/rows";
import { squaredDistances } from "../../../examples/federated-learning/assembly/aggregate/distances";
import { Neighbours, krumScores, neighbourCount } from "../../../examples/federated-learning/assembly/aggregate/selection";

export function main(input: Uint8Array): Uint8Array {
  const n = load<u32>(input.dataStart);
  const d = load<u32>(input.dataStart, 4);
  const f = load<u32>(input.dataStart, 8);
  const starts = words(n);
  for (let i: u32 = 0; i < n; i++) store<usize>(starts + i * 4, input.dataStart + 16 + <usize>i * d * 4);
  const distances = new Float64Array(n * n).dataStart;
  squaredDistances(new Rows(n, d, 4, starts), distances);
  const scores = new Float64Array(n);
  krumScores(distances, false, n, new Uint8Array(n).dataStart, neighbourCount(n, f, Neighbours.paper), scores.dataStart);
  return Uint8Array.wrap(scores.buffer);
}
