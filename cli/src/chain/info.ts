import { chains } from "@assay/ignition/known";
import { createJuryClient, createProofClient } from "@assay/sdk";
import { loadOptions } from "@assay/worker/config";
import { type Command, deploymentIfKnown, table, toJson } from "@assay/worker/process";
import { formatEther, formatGwei } from "viem";
import { readerOf } from "../market/marketClient.ts";
import { infoOptions } from "./chainOptions.ts";
import { marketplaceCode } from "./marketplaceCode.ts";

export const chainInfoCommand: Command = {
  summary: "show a chain, and the rules of its Marketplace and of its arbiters",
  options: infoOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(infoOptions, argv, environment);
    const client = await readerOf(values);
    const [chainId, block, gasPriceWei] = await Promise.all([
      client.public.getChainId(),
      client.public.getBlock(),
      client.public.getGasPrice(),
    ]);
    await marketplaceCode(client);
    const parameters = await client.getParameters();
    const deployment = deploymentIfKnown(chainId, values);
    const jury = values.jury ?? deployment?.jury;
    const proof = values.proof ?? deployment?.proof;
    const [juryParameters, proofParameters] = await Promise.all([
      jury === undefined ? null : createJuryClient(client, jury).getParameters(),
      proof === undefined ? null : createProofClient(client, proof).getParameters(),
    ]);
    const name = Object.entries(chains).find(([, chain]) => chain.chainId === chainId)?.[0] ?? null;
    const head = { blockNumber: Number(block.number), timestamp: Number(block.timestamp) };
    const fields = {
      ...{ chainId, name, ...head, gasPriceWei, marketplace: client.marketplace },
      ...{ parameters, jury: jury ?? null, juryParameters, proof: proof ?? null, proofParameters },
    };
    const rows: [string, string][] = [
      ["chain", `${chainId}${name === null ? "" : `, ${name}`}`],
      ["block", `${block.number}, ${new Date(head.timestamp * 1_000).toISOString()}`],
      ["gas price", `${formatGwei(gasPriceWei)} gwei`],
      ["marketplace", client.marketplace],
      ...rules(parameters),
      ["jury", jury ?? "none is known: name it with --jury"],
      ...rules(juryParameters ?? {}),
      ["proof", proof ?? "none is known: name it with --proof"],
      ...rules(proofParameters ?? {}),
    ];
    stdout.write(`${values.json ? toJson(fields) : table(rows)}\n`);
    return 0;
  },
};

/** Rules in words: their names end in their units. */
function rules(parameters: object): [string, string][] {
  return Object.entries(parameters).map(([name, value]) => {
    const words = name.replace(/(Seconds|Bps|Wei)$/, "").replaceAll(/[A-Z]/g, " $&");
    return [`  ${words.toLowerCase()}`, shown(name, value)];
  });
}

function shown(name: string, value: unknown): string {
  if (typeof value === "bigint") return `${formatEther(value)} ether`;
  if (name.endsWith("Bps")) return `${Number(value) / 100} %`;
  return `${value}${name.endsWith("Seconds") ? " s" : ""}`;
}
