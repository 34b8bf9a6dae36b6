import { formatTable } from "@assay/devnet";
import { createLocalProgram } from "../../shared/src/programs/localProgram.ts";
import { ATTACKS, attackLabel } from "../src/attacks/attacks.ts";
import { parseOptions } from "../src/cli/options.ts";
import { loadSources } from "../src/data/loadSources.ts";
import { createLocalCompute } from "../src/federation/compute.ts";
import { payableOf } from "../src/federation/findings.ts";
import { prepareFederation } from "../src/federation/prepare.ts";
import { runTraining } from "../src/federation/training.ts";
import { runCell } from "../src/grid/cell.ts";
import { sharesOf } from "../src/incentives/payout.ts";
import { clientRows } from "../src/outputs/clientTable.ts";
import { compileAll } from "../src/programs/programs.ts";

/** The training that the command runs by default, under each attack: who is found, and what is paid to whom. */
export async function attacksTable(argv: readonly string[]): Promise<string> {
  const { federation: base, budgetWei, ...rest } = parseOptions(argv);
  const sources = await loadSources({ ...rest, seed: base.seed });
  const programs = await compileAll();
  const loaded = new Map([...programs].map(([name, wasm]) => [name, createLocalProgram(wasm)]));
  const evaluate = createLocalProgram(programs.get("evaluate") ?? new Uint8Array());
  const compute = createLocalCompute(loaded);
  const rows: string[][] = [];
  for (const attack of ATTACKS) {
    const options = { ...base, attack };
    const federation = prepareFederation(sources, options, "validation");
    const training = await runTraining(compute, evaluate, federation);
    const mean = { ...options, rule: { rule: "mean", f: 0 } } as const;
    const how = { every: base.rounds, holdOut: "validation" } as const;
    const plain = await runCell(compute, sources, mean, how);
    const clients = clientRows(training, options, sharesOf(budgetWei, payableOf(training)));
    const liars = clients.filter(({ isLiar }) => isLiar);
    const wronged = clients.filter(({ isLiar, found }) => found && !isLiar).length;
    const toLiars = liars.reduce((sum, { paidWei }) => sum + paidWei, 0n);
    rows.push([
      attackLabel(attack),
      plain.accuracy.toFixed(3),
      (training.rounds.at(-1)?.accuracy ?? 0).toFixed(3),
      `${liars.filter(({ found }) => found).length} of ${liars.length}`,
      `${wronged} of ${clients.length - liars.length}`,
      `${(Number((toLiars * 1_000n) / budgetWei) / 10).toFixed(1)} %`,
    ]);
  }
  return formatTable(
    [
      "attack",
      "plain mean",
      "nnm+trimmed-mean",
      "liars found",
      "honest ones found",
      "of the pay to liars",
    ],
    rows,
  );
}
