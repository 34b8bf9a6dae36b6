import { contracts, leastSlash } from "@assay/ignition/known";
import {
  createJuryClient,
  createProofClient,
  type GetJuryParametersReturnType,
  type GetParametersReturnType,
  type GetProofParametersReturnType,
  type MarketClient,
  offersAbi,
} from "@assay/sdk";
import {
  type Abi,
  type Address,
  domainSeparator,
  type Hex,
  isAddressEqual,
  keccak256,
  stringToHex,
  zeroAddress,
} from "viem";
import type { FilledIn } from "./compareCode.ts";
import { contractOf } from "./creation.ts";
import {
  boundsCheck,
  type Check,
  codeAt,
  type DeployedContract,
  deployedContract,
  immutablesCheck,
  inspectCode,
} from "./inspectContract.ts";

export interface InspectedDeployment {
  checks: Check[];
  /** Those whose code is right. */
  contracts: DeployedContract[];
  parameters: GetParametersReturnType | undefined;
  juryParameters: GetJuryParametersReturnType | undefined;
  proofParameters: GetProofParametersReturnType | undefined;
}

/** What the Marketplace and `Offers` call themselves in signatures. */
const DOMAIN = { name: "Assay Marketplace", version: "1" };
const OFFERS_DOMAIN = { name: "Assay Offers", version: "1" };
/** Sources of randomness that a jury may have. */
const SOURCES = ["BlockRandomness", "RandaoRandomness"];

/** Looks whether what lies at the addresses of a deployment is what Assay deploys, and whether its rules fit together. */
export async function inspectDeployment(
  client: MarketClient,
  {
    jury,
    proof,
    offers,
  }: { jury: Address | undefined; proof: Address | undefined; offers?: Address | undefined },
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
  const proofParameters =
    proof === undefined ? undefined : await inspectProof(client, proof, { checks, found });
  if (parameters !== undefined && proofParameters !== undefined) {
    checks.push(...proofRules(parameters, proofParameters));
  }
  if (offers !== undefined) await inspectOffers(client, offers, { checks, found });
  return { checks, contracts: found, parameters, juryParameters, proofParameters };
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
  checks.push(servesCheck(client, "JuryArbiter", marketplace));
  await inspectRandomness(client, randomness, { checks, found });
  return parameters;
}

async function inspectProof(
  client: MarketClient,
  proof: Address,
  { checks, found }: { checks: Check[]; found: DeployedContract[] },
): Promise<GetProofParametersReturnType | undefined> {
  const filled = await inspectCode(client, "ProofArbiter", proof, checks);
  if (filled === undefined) return undefined;
  const parameters = await createProofClient(client, proof).getParameters();
  found.push(deployedContract("ProofArbiter", proof, [parameters]));
  checks.push(immutablesCheck("ProofArbiter", filled, Object.values(parameters)));
  checks.push(await boundsCheck(client, "ProofArbiter", { args: [parameters] }));
  const { marketplace, instructionVerifier, hostStepVerifier } = parameters;
  checks.push(servesCheck(client, "ProofArbiter", marketplace));
  for (const [name, address] of [
    ["InstructionVerifier", instructionVerifier],
    ["HostStepVerifier", hostStepVerifier],
  ] as const) {
    const code = await inspectCode(client, name, address, checks);
    if (code !== undefined) found.push(deployedContract(name, address, []));
  }
  return parameters;
}

async function inspectOffers(
  client: MarketClient,
  offers: Address,
  { checks, found }: { checks: Check[]; found: DeployedContract[] },
): Promise<void> {
  const filled = await inspectCode(client, "Offers", offers, checks);
  if (filled === undefined) return;
  const marketplace = await client.public.readContract({
    ...{ address: offers, abi: offersAbi, functionName: "MARKETPLACE" },
  });
  found.push(deployedContract("Offers", offers, [marketplace]));
  const known = [marketplace, ...(await domainImmutables(client, OFFERS_DOMAIN, offers))];
  checks.push(immutablesCheck("Offers", filled, known));
  checks.push(servesCheck(client, "Offers", marketplace));
}

const servesCheck = (client: MarketClient, name: string, marketplace: Address): Check => ({
  check: `${name} serves the Marketplace`,
  ok: isAddressEqual(marketplace, client.marketplace),
  detail: `it is for ${marketplace}`,
});

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

/** Every value that a Marketplace keeps in its code: its rules, and its EIP-712 domain. */
async function marketImmutables(client: MarketClient, parameters: GetParametersReturnType) {
  return [
    ...Object.values(parameters),
    ...(await domainImmutables(client, DOMAIN, client.marketplace)),
  ];
}

/** An EIP-712 domain, as OpenZeppelin keeps it. */
async function domainImmutables(
  client: MarketClient,
  { name, version }: typeof DOMAIN,
  verifyingContract: Address,
) {
  const own = { name, version, chainId: await client.public.getChainId(), verifyingContract };
  return [
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
  const ready = await client.canDecide({ arbiter: jury, requester: zeroAddress });
  return [
    inTimeCheck("JuryArbiter", ruling, parameters),
    paidCheck("JuryArbiter", fee, parameters),
    {
      check: "JuryArbiter is allowed as an arbiter",
      ok: true,
      detail: ready
        ? "it says that it can decide"
        : `it answers as an arbiter; for a first panel of ${juryParameters.jurySize} it lacks jurors`,
    },
  ];
}

/** The same of a ProofArbiter: both of its clocks may run out before the Marketplace stops waiting. */
function proofRules(
  parameters: GetParametersReturnType,
  { feeWei, clockSeconds }: GetProofParametersReturnType,
): Check[] {
  // In the last second that the Marketplace waits for, a clock that has run out has yet to be called.
  const check = inTimeCheck("ProofArbiter", 2n * BigInt(clockSeconds) + 1n, parameters);
  return [check, paidCheck("ProofArbiter", feeWei, parameters)];
}

const inTimeCheck = (
  name: string,
  ruling: bigint,
  { disputeTimeoutSeconds }: GetParametersReturnType,
): Check => ({
  check: `${name} rules in time`,
  ok: ruling <= BigInt(disputeTimeoutSeconds),
  detail: `within ${ruling} s, and the Marketplace waits ${disputeTimeoutSeconds} s`,
});

function paidCheck(name: string, fee: bigint, parameters: GetParametersReturnType): Check {
  const left = leastSlash(parameters);
  return {
    check: `${name} can be paid`,
    ok: fee <= left,
    detail: `its fee is ${fee} wei, and the least slash leaves ${left} wei`,
  };
}
