import type { Aggregation, ClientReport, ClientUpdate } from "./aggregation.ts";
import { AggregationError, type AggregationErrorCode } from "./aggregationError.ts";
import { PREPARATIONS, RULES, type RuleOptions, VARIANTS } from "./rules.ts";

const INPUT_MAGIC = 0x49414c46;
const RESULT_MAGIC = 0x52414c46;
const VERSION = 1;
const HEADER_BYTES = 96;
const RESULT_HEADER_BYTES = 32;
const RECORD_BYTES = 24;
const FLAG_REFERENCE = 1;
const VERDICTS = ["counted", "selected", "not-selected", "not-finite"] as const;

/**
 * One aggregation as the program's input. Little-endian:
 *
 * | bytes | what |
 * | --- | --- |
 * | 0 … 48 | u32: magic "FLAI", version 1, rule, preparations, n, d, f, bytes of a number (4, 8), variant, m, iterations, flags |
 * | 48 … 96 | f64: tau, nu (0: a millionth of the median distance), tolerance, clip, and 16 bytes of 0 |
 * | n × 4 | client ids, u32, filled up to 8 |
 * | n × 8 | weights, f64 |
 * | d × 8 | reference, f64, if flag 1 is set |
 * | n × d × 4 or 8 | updates, one after another, f32 or f64 |
 *
 * @throws {@link AggregationError} `AGGREGATION_DIMENSION`, `AGGREGATION_NOTHING_LEFT` or `AGGREGATION_OPTION`.
 */
export function encodeAggregation(
  updates: readonly ClientUpdate[],
  options: RuleOptions,
): Uint8Array {
  const [first] = updates;
  if (first === undefined) {
    throw new AggregationError("AGGREGATION_NOTHING_LEFT", "There are no updates to aggregate.");
  }
  const d = first.values.length;
  const width = first.values.BYTES_PER_ELEMENT;
  for (const { client, values } of updates) {
    if (values.length !== d || values.BYTES_PER_ELEMENT !== width || d === 0) {
      throw new AggregationError(
        "AGGREGATION_DIMENSION",
        `Client ${client} sent ${values.length} numbers of ${values.BYTES_PER_ELEMENT} bytes, client ${first.client} ${d} of ${width}: all updates of a round have the model's size.`,
      );
    }
  }
  const { rule, f = 0, m = 0, reference, before = [] } = options;
  const iterations = options.iterations ?? (rule === "geometric-median" ? 100_000 : 1);
  for (const [name, value] of Object.entries({ f, m, iterations })) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new AggregationError(
        "AGGREGATION_OPTION",
        `${name} is a whole number from 0 on, not ${value}: a share of n would be rounded, and not always the same way.`,
      );
    }
  }
  if (reference !== undefined && reference.length !== d) {
    throw new AggregationError(
      "AGGREGATION_DIMENSION",
      `The reference has ${reference.length} numbers and the updates ${d}.`,
    );
  }

  const n = updates.length;
  const idsAt = HEADER_BYTES;
  const weightsAt = idsAt + (n + (n & 1)) * 4;
  const referenceAt = weightsAt + n * 8;
  const updatesAt = referenceAt + (reference === undefined ? 0 : d * 8);
  const bytes = new Uint8Array(updatesAt + n * d * width);
  const view = new DataView(bytes.buffer);
  const flags = reference === undefined ? 0 : FLAG_REFERENCE;
  const bits = before.reduce((sum, name) => sum | PREPARATIONS[name], 0);
  const { [options.variant ?? "paper"]: variant } = VARIANTS;
  const words = [INPUT_MAGIC, VERSION, RULES[rule], bits, n, d, f, width, variant, m];
  for (const [i, word] of [...words, iterations, flags].entries()) {
    view.setUint32(i * 4, word, true);
  }
  view.setFloat64(48, options.tau ?? 1, true);
  view.setFloat64(56, options.nu ?? 0, true);
  view.setFloat64(64, options.tolerance ?? 1e-7, true);
  view.setFloat64(72, options.clip ?? 0, true);
  for (const [i, { client, weight = 1, values }] of updates.entries()) {
    view.setUint32(idsAt + i * 4, client, true);
    view.setFloat64(weightsAt + i * 8, weight, true);
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      updatesAt + i * d * width,
    );
  }
  if (reference !== undefined) new Float64Array(bytes.buffer, referenceAt, d).set(reference);
  return bytes;
}

/**
 * The program's result. Little-endian:
 *
 * | bytes | what |
 * | --- | --- |
 * | 0 … 32 | u32: magic "FLAR", version 1, status, n, rows, d, iterations, detail |
 * | n × 24 | by client id: id u32, verdict u32, score f64, distance f64 |
 * | rows × d × 8 | the aggregate, f64 |
 *
 * @throws {@link AggregationError} that says why there is no aggregate.
 */
export function decodeAggregation(result: Uint8Array): Aggregation {
  const view = new DataView(result.buffer, result.byteOffset, result.byteLength);
  const word = (i: number) => view.getUint32(i * 4, true);
  if (result.length < RESULT_HEADER_BYTES || word(0) !== RESULT_MAGIC || word(1) !== VERSION) {
    throw malformed("the result is no aggregation");
  }
  const [status, n, rowCount, d, iterations, detail] = [2, 3, 4, 5, 6, 7].map(word) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const body = RESULT_HEADER_BYTES + n * RECORD_BYTES;
  if (result.length !== body + rowCount * d * 8) throw malformed("the result has another length");
  const clients = Array.from({ length: n }, (_, i) => {
    const at = RESULT_HEADER_BYTES + i * RECORD_BYTES;
    return {
      client: view.getUint32(at, true),
      verdict: VERDICTS[view.getUint32(at + 4, true)] ?? "counted",
      score: view.getFloat64(at + 8, true),
      distance: view.getFloat64(at + 16, true),
    };
  });
  if (status !== 0) throw failure(status, detail, clients);
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const at = body + row * d * 8;
    return new Float64Array(result.slice(at, at + d * 8).buffer);
  });
  return { rows, clients, iterations };
}

function malformed(details: string): AggregationError {
  return new AggregationError(
    "AGGREGATION_MALFORMED",
    "The input or result of the aggregation is malformed.",
    {
      details,
    },
  );
}

function failure(status: number, detail: number, clients: ClientReport[]): AggregationError {
  const n = clients.length;
  const excluded = clients.filter(({ verdict }) => verdict === "not-finite");
  const named = excluded.map(({ client }) => client).join(", ");
  const cases: Record<number, [AggregationErrorCode, string]> = {
    2: ["AGGREGATION_OPTION", "An option of the rule is out of range, or missing."],
    3: [
      "AGGREGATION_TOO_FEW_CLIENTS",
      `${n} clients are too few: with this f the rule needs ${detail}. Lower f, or wait for more updates.`,
    ],
    4: [
      "AGGREGATION_TOO_MANY_EXCLUDED",
      `The updates of ${detail} clients are not finite (${named}), and the rule withstands fewer: raise f if you can, or look into these clients.`,
    ],
    5: ["AGGREGATION_NOTHING_LEFT", `No update is finite: there is nothing to aggregate.`],
    6: ["AGGREGATION_WEIGHTS", `The weight of client ${detail} is not a number above 0.`],
    7: [
      "AGGREGATION_NOT_CONVERGED",
      "The geometric median has not converged: allow more iterations, or a larger nu.",
    ],
    8: ["AGGREGATION_OVERFLOW", "The aggregate is beyond a 64-bit float: clip the updates."],
    9: ["AGGREGATION_DUPLICATE_CLIENT", `Client ${detail} is there twice.`],
  };
  const [code, message] = cases[status] ?? [
    "AGGREGATION_MALFORMED",
    "The input or result of the aggregation is malformed.",
  ];
  return new AggregationError(code, message, { clients });
}
