import type { AbortOptions } from "@assay/sdk";
import { decodeEvaluation, encodeEvaluation } from "../learning/wire.ts";
import type { Compute } from "./compute.ts";
import type { Federation } from "./prepare.ts";

/** A model on one client's data. */
export interface ClientEvaluation {
  client: number;
  /** Number of examples it was measured on. */
  examples: number;
  accuracy: number;
  loss: number;
}

/**
 * Measures a model on data of each client that no client trained with: one task a client, wherever training runs. A mean over all test data can
 * hide that a model is of no use to clients with rare data.
 * @returns one evaluation for each client that has such data.
 */
export async function evaluateClients(
  compute: Compute,
  { shape, clientTests }: Federation,
  model: Float64Array,
  { signal }: AbortOptions = {},
): Promise<ClientEvaluation[]> {
  const tested = [...clientTests.entries()].filter(([, { labels }]) => labels.length > 0);
  const inputs = tested.map(([, data]) => encodeEvaluation({ shape, models: [model], data }));
  const results = await compute.run("evaluate", inputs, { signal });
  return tested.map(([client, { labels }], i) => {
    const [evaluation] = decodeEvaluation(results[i] ?? new Uint8Array());
    const { accuracy, loss } = evaluation ?? { accuracy: 0, loss: 0 };
    return { client, examples: labels.length, accuracy, loss };
  });
}

export interface ClientSummary {
  /** Each client counts alike. */
  mean: number;
  /** Each example counts alike, as in Flower's `weighted_average`. */
  weighted: number;
  /** Accuracy below which a tenth of the clients are. */
  tenth: number;
  median: number;
}

/** What is said of all clients at once; undefined if none was evaluated. */
export function summariseClients(
  evaluations: readonly ClientEvaluation[],
): ClientSummary | undefined {
  if (evaluations.length === 0) return undefined;
  const sorted = evaluations.map(({ accuracy }) => accuracy).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const examples = evaluations.reduce((sum, one) => sum + one.examples, 0);
  return {
    mean: sorted.reduce((sum, accuracy) => sum + accuracy, 0) / sorted.length,
    weighted: evaluations.reduce((sum, one) => sum + one.accuracy * one.examples, 0) / examples,
    tenth: at(0.1),
    median: at(0.5),
  };
}
