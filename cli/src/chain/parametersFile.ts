import { chains, type Parameters, parseParameters, readParameters } from "@assay/ignition/known";
import { UsageError } from "@assay/worker/config";
import { readLocal } from "../program/files.ts";
import type { Check } from "./inspectContract.ts";
import type { InspectedDeployment } from "./inspectDeployment.ts";

/** The file of a chain for development. */
const LOCAL = { name: "localhost", file: "local" };

/**
 * Rules from a file: those of every module, and no others.
 *
 * @throws {@link UsageError} that names the file and the rule.
 */
export async function readRules(file: string): Promise<Parameters> {
  const text = new TextDecoder().decode(await readLocal(file));
  let rules: Parameters;
  try {
    rules = parseParameters(text);
  } catch (cause) {
    throw new UsageError(`${file} is no JSON: write it like ignition/parameters/local.json.`, {
      cause,
    });
  }
  const model = await readParameters(LOCAL.file);
  checkNames(file, "the file", model, rules);
  for (const [module, names] of Object.entries(model)) {
    checkNames(file, module, names, rules[module]);
    for (const [name, like] of Object.entries(names)) {
      const value = rules[module]?.[name];
      const isWhole =
        typeof value === "bigint" || (Number.isSafeInteger(value) && Number(value) >= 0);
      if (typeof value === typeof like && isWhole) continue;
      const example = typeof like === "bigint" ? `"${like}n"` : String(like);
      throw new UsageError(
        `${file}: ${module}.${name} has to be a whole number such as ${example}.`,
      );
    }
  }
  return rules;
}

function checkNames(file: string, where: string, model: object, given: unknown): void {
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  const names = isObject ? Object.keys(given) : [];
  const missing = Object.keys(model).find((name) => !names.includes(name));
  if (missing !== undefined) throw new UsageError(`${file}: ${where} lacks ${missing}: add it.`);
  const stranger = names.find((name) => !Object.hasOwn(model, name));
  if (stranger !== undefined) {
    throw new UsageError(`${file}: ${where} has ${stranger}, which is no rule: take it out.`);
  }
}

/** The rules of a chain that Assay is made for. */
export async function rulesOfChain(chainId: number): Promise<Parameters | undefined> {
  const name = Object.keys(chains).find((one) => chains[one]?.chainId === chainId);
  if (name === undefined) return undefined;
  return readParameters(name === LOCAL.name ? LOCAL.file : name);
}

/** Whether a deployment has the rules of a file. */
export function comparedRules(
  expected: Parameters,
  { parameters, juryParameters, proofParameters }: InspectedDeployment,
): Check[] {
  const found = Object.entries({
    ...{ Marketplace: parameters, JuryArbiter: juryParameters, ProofArbiter: proofParameters },
  });
  return found.flatMap(([module, of]): Check[] => {
    if (of === undefined) return [];
    const rules: Record<string, unknown> = { ...of };
    const differing = Object.entries(expected[module] ?? {}).find(
      ([name, value]) => name in rules && String(rules[name]) !== String(value),
    );
    const check = `${module} rules are those of the file`;
    if (differing === undefined) return [{ check, ok: true, detail: "every one of them" }];
    const [name, value] = differing;
    return [{ check, ok: false, detail: `${name} is ${String(rules[name])}, not ${value}` }];
  });
}
