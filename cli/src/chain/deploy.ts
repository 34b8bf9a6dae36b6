import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type AssayChain, chains, type Parameters } from "@assay/ignition/known";
import { createMarketClient, InsufficientBalanceError } from "@assay/sdk";
import { loadOptions, type ParsedOptions, UsageError } from "@assay/worker/config";
import { readAccount } from "@assay/worker/keystore";
import type { ConnectedChain } from "@assay/worker/operate";
import {
  type Command,
  type CommandContext,
  type FiledDeployment,
  readDeployments,
  table,
  toJson,
} from "@assay/worker/process";
import { createPublicClient, formatEther, formatGwei, type PublicClient } from "viem";
import { connect, refuseIfNodeRuns } from "../market/marketClient.ts";
import { confirmSpending, isDevelopmentChain } from "../terminal/confirm.ts";
import { deployOptions } from "./chainOptions.ts";
import { type Creation, checkRules, creations, gasOf } from "./creations.ts";
import { recordDeployment } from "./deploymentFile.ts";
import { DeploymentMismatchError } from "./errors.ts";
import type { DeployedContract } from "./inspectContract.ts";
import { inspectDeployment } from "./inspectDeployment.ts";
import { readRules, rulesOfChain } from "./parametersFile.ts";
import { publishSources } from "./publish.ts";
import { runDeployment } from "./runDeployment.ts";

type Values = ParsedOptions<typeof deployOptions>;

/** How often the chain is asked about a transaction, in milliseconds. */
const POLLING_MS = 1_000;
const LOCAL_POLLING_MS = 100;

/** What is deployed, and where. */
interface Plan {
  chainId: number;
  known: AssayChain | undefined;
  rules: Parameters;
  source: AssayChain["randomness"];
  confirmations: number;
  /** Of this chain, and of no other with its id. */
  journal: string;
}

export const chainDeployCommand: Command = {
  summary:
    "deploy a Marketplace and its arbiters on any EVM chain; run again, it goes on where it stopped",
  options: deployOptions,
  async run(argv, context) {
    const { stdout, environment } = context;
    const { values } = loadOptions(deployOptions, argv, environment);
    await checkOut(values.out);
    const rules = values.parameters === undefined ? undefined : await readRules(values.parameters);
    const connected = await connect(values);
    const client: PublicClient = createPublicClient(connected);
    const plan = await planOf(values, { connected, client, rules });
    const all = creations(plan.rules, plan.source);
    await checkRules(client, plan.rules, all);
    await refuseIfNodeRuns(values.dataDir);
    const account = await readAccount(values, environment);
    const left = await remaining(all, plan.journal);
    if (!(await isWanted(client, { left, plan, from: account.address }, values, context))) return 1;
    const pollingIntervalMs = isDevelopmentChain(plan.chainId) ? LOCAL_POLLING_MS : POLLING_MS;
    const { maxFeePerGas } = values;
    const deployed = await runDeployment(
      client,
      { ...plan, account, pollingIntervalMs, maxFeePerGas, contracts: all.length },
      context,
    );
    const deployment = { ...deployed, confirmations: plan.confirmations };
    const contracts = await checkDeployed(connected, deployment);
    await recordDeployment(values.out, plan.chainId, deployment);
    const what = { chainId: plan.chainId, contracts };
    const published = values.publishSource ? await publishSources(what, values, context) : [];
    const { marketplace, jury, randomness, proof, offers, confirmations } = deployment;
    const fields = {
      ...{ chainId: plan.chainId, marketplace, jury, randomness, proof, offers, confirmations },
      ...{ blockNumber: Number(deployment.blockNumber), out: values.out, published },
    };
    const rows: [string, string][] = [
      ["marketplace", `${marketplace}, in block ${deployment.blockNumber}`],
      ...([
        ["jury", jury],
        ["randomness", randomness],
        ["proof", proof],
        ["offers", offers],
      ] as [string, string][]),
      ...published.map((name): [string, string] => ["source", `verified by ${name}`]),
      ["written to", values.out],
      ["use it with", `export ASSAY_DEPLOYMENT=${resolve(values.out)}`],
    ];
    stdout.write(`${values.json ? toJson(fields) : table(rows)}\n`);
    return 0;
  },
};

/** Whether the deployment can be written down, before it costs anything. */
async function checkOut(out: string): Promise<void> {
  if (existsSync(out)) readDeployments(out);
  await access(dirname(resolve(out)), constants.W_OK).catch((cause) => {
    throw new UsageError(`--out ${out} cannot be written (${cause.code}): name another file.`);
  });
}

async function planOf(
  values: Values,
  {
    connected,
    client,
    rules,
  }: { connected: ConnectedChain; client: PublicClient; rules: Parameters | undefined },
): Promise<Plan> {
  const chainId = connected.chain.id;
  const known = Object.values(chains).find((chain) => chain.chainId === chainId);
  const own = rules ?? (await rulesOfChain(chainId));
  if (own === undefined) {
    throw new UsageError(
      `There are no parameters for chain ${chainId}: give a file with --parameters, such as a changed copy of ignition/parameters/local.json.`,
    );
  }
  // A development chain begins anew with every start, under the same id.
  const isLasting = !isDevelopmentChain(chainId);
  const genesis = isLasting ? undefined : await client.getBlock({ blockNumber: 0n });
  const folder = `chain-${chainId}${genesis === undefined ? "" : `-${genesis.hash?.slice(2, 10)}`}`;
  return {
    ...{ chainId, known, rules: own, journal: join(values.journal, folder) },
    source: values.randomness ?? known?.randomness ?? "BlockRandomness",
    confirmations: values.confirmations ?? known?.confirmations ?? 1,
  };
}

/** What is not deployed yet, by the journal. */
async function remaining(all: readonly Creation[], journal: string): Promise<Creation[]> {
  const { deployedContracts } = await import("@assay/ignition");
  const done = await deployedContracts(journal);
  return all.filter(({ name }) => !done.includes(name));
}

async function isWanted(
  client: PublicClient,
  { left, plan, from }: { left: readonly Creation[]; plan: Plan; from: `0x${string}` },
  { yes }: Values,
  { stdin, stderr }: CommandContext,
): Promise<boolean> {
  if (left.length === 0) return true;
  const [gas, price, balance] = await Promise.all([
    gasOf(client, from, left),
    client.getGasPrice(),
    client.getBalance({ address: from }),
  ]);
  const needed = gas * price;
  if (balance < needed) throw new InsufficientBalanceError(from, { needed, available: balance });
  const name = Object.keys(chains).find((one) => chains[one] === plan.known);
  const summary: [string, string][] = [
    ["deployment", left.map((one) => one.name).join(", ")],
    ["gas", `about ${formatEther(needed)} ether: ${gas} at ${formatGwei(price)} gwei`],
    ["from", `${from}, which has ${formatEther(balance)} ether`],
    ["chain", `${plan.chainId}${name === undefined ? "" : `, ${name}`}`],
  ];
  return confirmSpending(summary, { chainId: plan.chainId, yes, stdin, stderr });
}

/**
 * Looks at what was deployed as anybody would.
 *
 * @throws {@link DeploymentMismatchError}
 */
async function checkDeployed(
  { chain, transport }: ConnectedChain,
  { marketplace, jury, proof, offers }: FiledDeployment,
): Promise<DeployedContract[]> {
  const client = createMarketClient({ chain, transport, marketplace });
  const { checks, contracts } = await inspectDeployment(client, { jury, proof, offers });
  const failed = checks.find(({ ok }) => !ok);
  if (failed === undefined) return contracts;
  throw new DeploymentMismatchError(
    `What was deployed on chain ${chain.id} is not what was sent: ${failed.check}: ${failed.detail}.`,
  );
}
