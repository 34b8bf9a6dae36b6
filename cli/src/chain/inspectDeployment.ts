import { type CompiledContract, contracts } from "@assay/ignition/known";
import {
  createJuryClient,
  type GetJuryParametersReturnType,
  type GetParametersReturnType,
  type MarketClient,
} from "@assay/sdk";
import {
  type Abi,
  type Address,
  domainSeparator,
  encodeDeployData,
  type Hex,
  isAddressEqual,
  keccak256,
  numberToHex,
  pad,
  stringToHex,
  zeroAddress,
} from "viem";
import { CodeDifference, compareCode, type FilledIn } from "./compareCode.ts";
import { constructorRefusal, contractOf, creationOf } from "./creation.ts";

/** One thing that was looked at. */
export interface Check {
  /** `marketplace code` */
  check: string;
  ok: boolean;
  detail: string;
}

/** A contract of a deployment, with what verifying its source needs. */
export interface DeployedContract {
  contract: CompiledContract;
  address: Address;
  libraries: Record<string, Address>;
  /** What its constructor was given, encoded. */
  constructorArguments: Hex;
}

export interface InspectedDeployment {
  checks: Check[];
  /** Those whose code is right. */
  contracts: DeployedContract[];
  parameters: GetParametersReturnType | undefined;
  juryParameters: GetJuryParametersReturnType | undefined;
}

const BPS = 10_000n;
/** What the Marketplace calls itself in signatures. */
const DOMAIN = { name: "Assay Marketplace", version: "1" };
/** Sources of randomness that a jury may have. */
const SOURCES = ["BlockRandomness", "RandaoRandomness"];

/** Looks whether what lies at the addresses of a deployment is what Assay deploys, and whether its rules fit together. */
export async function inspectDeployment(
  client: MarketClient,
  { jury }: { jury: Address | undefined },
): Promise<InspectedDeployment> {
  const checks: Check[] = [];
  const found: DeployedContract[] = [];
  const market = await inspectMarketplace(client, checks, found);
  const parameters = market === undefined ? undefined : await client.getParameters();
  if (parameters !== undefined && market !== undefined) {
    const args = [parameters];
    found.push(deployedContract("Marketplace", client.marketplace, args, market.libraries));
    const known = await marketImmutables(client, parameters);
    checks.push(immutablesCheck("Marketplace", market, known));
    const { libraries } = market;
    checks.push(await boundsCheck(client, "Marketplace", { args, libraries }));
  }
  const juryParameters =
    jury === undefined ? undefined : await inspectJury(client, jury, { checks, found });
  if (jury !== undefined && parameters !== undefined && juryParameters !== undefined) {
    checks.push(...(await rulesOf(client, { jury, parameters, juryParameters })));
  }
  return { checks, contracts: found, parameters, juryParameters };
}

async function inspectMarketplace(
  client: MarketClient,
  checks: Check[],
  found: DeployedContract[],
): Promise<FilledIn | undefined> {
  const market = await inspectCode(client, "Marketplace", client.marketplace, checks);
  const { Remedies: remedies } = market?.libraries ?? {};
  if (market === undefined || remedies === undefined) return market;
  const library = await inspectCode(client, "Remedies", remedies, checks);
  if (library === undefined) return market;
  found.push(deployedContract("Remedies", remedies, []));
  // A library's code begins with its own address.
  checks.push(immutablesCheck("Remedies", library, [remedies]));
  return market;
}

async function inspectJury(
  client: MarketClient,
  jury: Address,
  { checks, found }: { checks: Check[]; found: DeployedContract[] },
): Promise<GetJuryParametersReturnType | undefined> {
  const filled = await inspectCode(client, "JuryArbiter", jury, checks);
  if (filled === undefined) return undefined;
  const parameters = await createJuryClient(client, jury).getParameters();
  found.push(deployedContract("JuryArbiter", jury, [parameters]));
  checks.push(immutablesCheck("JuryArbiter", filled, Object.values(parameters)));
  checks.push(await boundsCheck(client, "JuryArbiter", { args: [parameters] }));
  const { marketplace, randomness } = parameters;
  checks.push({
    check: "JuryArbiter serves the Marketplace",
    ok: isAddressEqual(marketplace, client.marketplace),
    detail: `it decides disputes of ${marketplace}`,
  });
  await inspectRandomness(client, randomness, { checks, found });
  return parameters;
}

async function inspectRandomness(
  client: MarketClient,
  address: Address,
  { checks, found }: { checks: Check[]; found: DeployedContract[] },
): Promise<void> {
  const code = await codeAt(client, address);
  const name = SOURCES.find((one) => contracts[one]?.deployedBytecode.length === code.length);
  const filled = await inspectCode(client, name ?? "BlockRandomness", address, checks);
  if (filled === undefined || name === undefined) return;
  const delayBlocks = await client.public.readContract({
    ...{ address, abi: contractOf(name).abi as Abi, functionName: "DELAY_BLOCKS" },
  });
  const args = [delayBlocks];
  found.push(deployedContract(name, address, args));
  // Beside the delay it keeps whether the chain is an Arbitrum one.
  checks.push(immutablesCheck(name, filled, [delayBlocks as bigint, 0, 1]));
  checks.push(await boundsCheck(client, name, { args }));
}

async function inspectCode(
  client: MarketClient,
  name: string,
  address: Address,
  checks: Check[],
): Promise<FilledIn | undefined> {
  const check = `${name} code`;
  try {
    const filled = compareCode(contractOf(name), await codeAt(client, address));
    checks.push({ check, ok: true, detail: `${address} has the compiled code` });
    return filled;
  } catch (error) {
    if (!(error instanceof CodeDifference)) throw error;
    checks.push({ check, ok: false, detail: `${address}: ${error.message}` });
    return undefined;
  }
}

async function codeAt(client: MarketClient, address: Address): Promise<Hex> {
  return (await client.public.getCode({ address })) ?? "0x";
}

function deployedContract(
  name: string,
  address: Address,
  args: readonly unknown[],
  libraries: Record<string, Address> = {},
): DeployedContract {
  const contract = contractOf(name);
  const encoded = encodeDeployData({ abi: contract.abi as Abi, bytecode: "0x", args });
  return { contract, address, libraries, constructorArguments: encoded };
}

/** Code that is right with values that its constructor would not give it would do something else. */
function immutablesCheck(
  what: string,
  { immutables }: FilledIn,
  known: readonly (bigint | number | string)[],
): Check {
  const words = new Set(known.map(wordOf));
  const stranger = immutables.find((value) => !words.has(value));
  return {
    check: `${what} immutables`,
    ok: stranger === undefined,
    detail:
      stranger === undefined
        ? "every value is one that its constructor gives"
        : `${stranger} is no value that the constructor would give`,
  };
}

/** Code may be put somewhere by another constructor than its own, with rules that its own would refuse. */
async function boundsCheck(
  client: MarketClient,
  name: string,
  { args, libraries }: { args: readonly unknown[]; libraries?: Record<string, Address> },
): Promise<Check> {
  const contract = contractOf(name);
  const data = creationOf(contract, args, libraries);
  const refusal = await constructorRefusal(client.public, contract, { data });
  return {
    check: `${name} parameters`,
    ok: refusal === undefined,
    detail: refusal ?? "its constructor takes them",
  };
}

function wordOf(value: bigint | number | string): Hex {
  if (typeof value !== "string") return numberToHex(value, { size: 32 });
  return pad(value.toLowerCase() as Hex, { size: 32 });
}

/** Every value that a Marketplace keeps in its code: its rules, and its EIP-712 domain, as OpenZeppelin keeps it. */
async function marketImmutables(client: MarketClient, parameters: GetParametersReturnType) {
  const chainId = await client.public.getChainId();
  const own = { ...DOMAIN, chainId, verifyingContract: client.marketplace };
  const { name, version } = DOMAIN;
  return [
    ...Object.values(parameters),
    ...[own.verifyingContract, own.chainId, domainSeparator({ domain: own })],
    ...[name, version].flatMap((text) => [keccak256(stringToHex(text)), shortString(text)]),
  ];
}

/** A short text in a word: its bytes, and in the last one their number. */
function shortString(text: string): Hex {
  const bytes = stringToHex(text).slice(2);
  return `0x${bytes.padEnd(62, "0")}${(bytes.length / 2).toString(16).padStart(2, "0")}`;
}

/** What has to hold between a Marketplace and a jury: `docs/jury.md`. */
async function rulesOf(
  client: MarketClient,
  {
    jury,
    parameters,
    juryParameters,
  }: {
    jury: Address;
    parameters: GetParametersReturnType;
    juryParameters: GetJuryParametersReturnType;
  },
): Promise<Check[]> {
  const { abi } = contractOf("JuryArbiter");
  const read = (functionName: string) =>
    client.public.readContract({ address: jury, abi: abi as Abi, functionName }) as Promise<bigint>;
  const [fee, ruling] = await Promise.all([read("fee"), read("maxRulingSeconds")]);
  const { minStakePerBatch, slashBps, burnBps, disputeTimeoutSeconds } = parameters;
  const slashed = (minStakePerBatch * BigInt(slashBps)) / BPS;
  const left = slashed - (slashed * BigInt(burnBps)) / BPS;
  const ready = await client.canDecide({ arbiter: jury, requester: zeroAddress });
  return [
    {
      check: "JuryArbiter rules in time",
      ok: ruling <= BigInt(disputeTimeoutSeconds),
      detail: `within ${ruling} s, and the Marketplace waits ${disputeTimeoutSeconds} s`,
    },
    {
      check: "JuryArbiter can be paid",
      ok: fee <= left,
      detail: `its fee is ${fee} wei, and the least slash leaves ${left} wei`,
    },
    {
      check: "JuryArbiter is allowed as an arbiter",
      ok: true,
      detail: ready
        ? "it says that it can decide"
        : `it answers as an arbiter; for a first panel of ${juryParameters.jurySize} it lacks jurors`,
    },
  ];
}
