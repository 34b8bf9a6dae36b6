/**
 * Writes what of the compiled contracts is committed: their ABIs as typed constants into the SDK, and what deploys them into this
 * package and, for the play money, into the local network.
 *
 * - `node ignition/generate.ts` compiles if need be, and writes.
 * - `node ignition/generate.ts --check` writes nothing, and exits 1 when what is committed is not what the contracts are now.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import hre from "hardhat";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Contracts, by the file that they are in, and the constant that each one's ABI becomes. */
const abis = [
  { source: "contracts/market/Marketplace.sol", name: "Marketplace", constant: "marketplaceAbi" },
  { source: "contracts/jury/JuryArbiter.sol", name: "JuryArbiter", constant: "juryArbiterAbi" },
  {
    source: "contracts/proof/ProofArbiter.sol",
    name: "ProofArbiter",
    constant: "proofArbiterAbi",
  },
  {
    source: "contracts/proof/InstructionVerifier.sol",
    name: "InstructionVerifier",
    constant: "instructionVerifierAbi",
  },
  {
    source: "contracts/proof/HostStepVerifier.sol",
    name: "HostStepVerifier",
    constant: "hostStepVerifierAbi",
  },
  { source: "contracts/offers/Offers.sol", name: "Offers", constant: "offersAbi" },
  { source: "contracts/shared/interfaces/IArbiter.sol", name: "IArbiter", constant: "arbiterAbi" },
  {
    source: "contracts/randomness/interfaces/IRandomness.sol",
    name: "IRandomness",
    constant: "randomnessAbi",
  },
];

/** What is read of Hardhat's build info, and of the compiler's output beside it. */
interface BuildInfo {
  solcLongVersion: string;
  input: {
    language: string;
    settings: { outputSelection: unknown; optimizer: { runs: number }; remappings: string[] };
    sources: Record<string, { content: string }>;
  };
}
interface BuildOutput {
  output: {
    sources: Record<string, { ast: { nodes: { nodeType: string; absolutePath?: string }[] } }>;
  };
}

/** Contracts that are deployed, by the file that they are written to. */
const CONTRACTS = [
  ...["Remedies", "Marketplace", "BlockRandomness", "RandaoRandomness", "JuryArbiter"],
  ...["InstructionVerifier", "HostStepVerifier", "ProofArbiter", "Offers"],
];
/** For how many runs contracts are optimized, but for a few. */
const RUNS = 2_000;
const deployed = {
  "ignition/src/generated/contracts.json": CONTRACTS,
  "devnet/src/generated/playMoney.json": ["PlayToken"],
};

/** The ABI without `internalType`: what stays is what goes over the wire, and what viem's types are made from. */
function plain(key: string, value: unknown): unknown {
  return key === "internalType" ? undefined : value;
}

async function abiOf({ source, name, constant }: (typeof abis)[number]): Promise<string> {
  const { abi } = await hre.artifacts.readArtifact(name);
  const entries = abi.map((entry) => `  ${JSON.stringify(entry, plain)},\n`).join("");
  return `// Made from ${source} by ignition/generate.ts: change that, then run \`node ignition/generate.ts\`.
export const ${constant} = [
${entries}] as const;
`;
}

async function compiled(name: string): Promise<object> {
  const { contractName, sourceName, inputSourceName, abi, ...code } =
    await hre.artifacts.readArtifact(name);
  const { bytecode, linkReferences } = code;
  const creation = { contractName, sourceName, abi, bytecode, linkReferences };
  if (!CONTRACTS.includes(name)) return creation;
  // By these a deployment is looked over, and its source verified.
  const { deployedBytecode, deployedLinkReferences, immutableReferences } = code;
  return {
    ...creation,
    ...{ inputSourceName, deployedBytecode, deployedLinkReferences },
    immutableReferences: numbered(immutableReferences),
  };
}

type References = Record<string, { start: number; length: number }[]>;

/**
 * References by the order of their first place. The compiler names them by numbers that change with what it compiles besides, so that
 * another contract would make this one look changed.
 */
function numbered(references: References | undefined): References {
  const first = (places: References[string]) => Math.min(...places.map(({ start }) => start));
  const ordered = Object.values(references ?? {}).toSorted((a, b) => first(a) - first(b));
  return Object.fromEntries(ordered.map((places, index) => [index, places]));
}

/** The build that a contract comes from. Not all have to come from one: what has not changed is not compiled again. */
async function buildOf(name: string): Promise<BuildInfo & BuildOutput> {
  const id = (await hre.artifacts.getBuildInfoId(name)) ?? "";
  const [path, outputPath] = await Promise.all([
    hre.artifacts.getBuildInfoPath(id),
    hre.artifacts.getBuildInfoOutputPath(id),
  ]);
  if (path === undefined || outputPath === undefined) throw new Error(`${name} has no build info`);
  const [info, output] = await Promise.all([readFile(path, "utf8"), readFile(outputPath, "utf8")]);
  return { ...JSON.parse(info), ...JSON.parse(output) };
}

/** What the compiler was given for the contracts of Assay: whoever verifies their source compiles it once more. */
async function sourcesOf(names: readonly string[]): Promise<string> {
  const sources = new Map<string, { content: string }>();
  const heads = new Set<string>();
  const runs: Record<string, number> = {};
  let remappings: string[] = [];
  for (const name of names) {
    const { inputSourceName } = await hre.artifacts.readArtifact(name);
    const { solcLongVersion, input, output } = await buildOf(name);
    const waiting = [inputSourceName];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const source = input.sources[at];
      if (source === undefined || sources.has(at)) continue;
      sources.set(at, source);
      for (const { nodeType, absolutePath } of output.sources[at]?.ast.nodes ?? []) {
        if (nodeType === "ImportDirective") waiting.push(absolutePath);
      }
    }
    const { outputSelection: _, ...compiled } = input.settings;
    // Some are optimized for more runs than the others, or import no package; that is all in which they differ.
    const { optimizer } = compiled;
    if (optimizer.runs !== RUNS) runs[name] = optimizer.runs;
    if (compiled.remappings.length > 0) remappings = compiled.remappings;
    const settings = { ...compiled, optimizer: { ...optimizer, runs: RUNS }, remappings: [] };
    const { language } = input;
    heads.add(
      [
        `  "compilerVersion": ${JSON.stringify(solcLongVersion)}`,
        `  "language": ${JSON.stringify(language)}`,
        `  "settings": ${JSON.stringify(settings)}`,
      ].join(",\n"),
    );
  }
  if (heads.size !== 1) throw new Error("the contracts were compiled in different ways");
  const head = [...heads][0]?.replace(
    '"remappings":[]',
    `"remappings":${JSON.stringify(remappings)}`,
  );
  const lines = [...sources]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { content }]) => `    ${JSON.stringify(name)}: ${JSON.stringify({ content })}`);
  return `{\n${head},\n  "runs": ${JSON.stringify(runs)},\n  "sources": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/** One line for each part of a contract, so that a difference can be read. */
async function codeOf(names: readonly string[]): Promise<string> {
  const parts = await Promise.all(names.map(compiled));
  const text = parts.map((part, index) => {
    const lines = Object.entries(part).map(
      ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value, plain)}`,
    );
    return `  ${JSON.stringify(names[index])}: {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${text.join(",\n")}\n}\n`;
}

await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
const files = new Map<string, string>();
for (const abi of abis) {
  files.set(join("sdk/src/generated", `${abi.constant}.ts`), await abiOf(abi));
}
for (const [file, names] of Object.entries(deployed)) files.set(file, await codeOf(names));
files.set("ignition/src/generated/sources.json", await sourcesOf(CONTRACTS));

for (const [file, current] of files) {
  const path = join(root, file);
  if (process.argv.includes("--check")) {
    const committed = await readFile(path, "utf8").catch(() => "");
    if (committed === current) continue;
    process.stderr.write(`${file} is stale: run \`node ignition/generate.ts\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, current);
  }
}
