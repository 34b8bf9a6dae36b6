import { chains } from "@assay/ignition/known";
import { deployments } from "@assay/sdk";
import { loadOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { listOptions } from "./chainOptions.ts";

export const chainListCommand: Command = {
  summary: "list the chains that Assay is made for, and where its Marketplace is",
  options: listOptions,
  async run(argv, { environment, stdout }) {
    const { json } = loadOptions(listOptions, argv, environment).values;
    const known = Object.entries(chains).map(([name, { chainId, randomness, confirmations }]) => ({
      ...{ name, chainId, randomness, confirmations },
      marketplace: deployments[chainId]?.marketplace ?? null,
      proof: deployments[chainId]?.proof ?? null,
      offers: deployments[chainId]?.offers ?? null,
    }));
    const rows = known.map(({ name, chainId, marketplace }): [string, string] => [
      name,
      `chain ${chainId}, ${marketplace ?? "no Marketplace yet: assay chain deploy makes one"}`,
    ]);
    stdout.write(`${json ? toJson({ chains: known }) : table(rows)}\n`);
    return 0;
  },
};
