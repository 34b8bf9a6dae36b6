import { type Parameters, proofRefusal, type RandomnessSource } from "@assay/ignition/known";
import { UsageError } from "@assay/worker/config";
import type { Address, Hex, PublicClient, StateOverride } from "viem";
import { constructorRefusal, contractOf, creationOf } from "./creation.ts";

/** A contract that is about to be deployed, as far as it is known before the others are. */
export interface Creation {
  name: string;
  /** With stand-ins for the addresses of the others. */
  data: Hex;
  stateOverride?: StateOverride;
}

/** Stand-ins for contracts that are not there yet. */
const STAND_INS = {
  remedies: "0x00000000000000000000000000000000000a55a1",
  marketplace: "0x00000000000000000000000000000000000a55a2",
  randomness: "0x00000000000000000000000000000000000a55a3",
  instructionVerifier: "0x00000000000000000000000000000000000a55a4",
  hostStepVerifier: "0x00000000000000000000000000000000000a55a5",
} satisfies Record<string, Address>;
/** Code that does nothing. */
const STOP: Hex = "0x00";

/** Every contract of Assay, in the order in which they can be deployed. */
export function creations(rules: Parameters, source: RandomnessSource): Creation[] {
  const { Marketplace: market = {}, JuryArbiter: all = {}, ProofArbiter: proof = {} } = rules;
  const { delayBlocks, ...jury } = all;
  const { remedies, marketplace, randomness, ...verifiers } = STAND_INS;
  const there = (addresses: Address[]) => addresses.map((address) => ({ address, code: STOP }));
  return [
    { name: "Remedies", data: creationOf(contractOf("Remedies"), []) },
    {
      name: "Marketplace",
      data: creationOf(contractOf("Marketplace"), [market], { Remedies: remedies }),
    },
    { name: source, data: creationOf(contractOf(source), [delayBlocks]) },
    {
      name: "JuryArbiter",
      data: creationOf(contractOf("JuryArbiter"), [{ marketplace, randomness, ...jury }]),
      stateOverride: there([marketplace, randomness]),
    },
    ...["InstructionVerifier", "HostStepVerifier"].map((name) => ({
      ...{ name, data: creationOf(contractOf(name), []) },
    })),
    {
      name: "ProofArbiter",
      data: creationOf(contractOf("ProofArbiter"), [{ marketplace, ...verifiers, ...proof }]),
      stateOverride: there([marketplace, ...Object.values(verifiers)]),
    },
    { name: "Offers", data: creationOf(contractOf("Offers"), [marketplace]) },
  ];
}

/**
 * Checks rules as the contracts themselves do, and what none of them can see alone, before anything is paid for.
 *
 * @throws {@link UsageError} that names the rule.
 */
export async function checkRules(
  client: PublicClient,
  rules: Parameters,
  all: readonly Creation[],
): Promise<void> {
  for (const creation of all) {
    const refusal = await constructorRefusal(client, contractOf(creation.name), creation).catch(
      (error: unknown) => {
        // Not every node lets code be put somewhere for one call; then the contract is asked when it is deployed.
        if (creation.stateOverride === undefined) throw error;
        return undefined;
      },
    );
    if (refusal === undefined) continue;
    throw refused(creation.name, refusal);
  }
  const refusal = proofRefusal(rules);
  if (refusal !== undefined) throw refused("ProofArbiter", refusal);
}

const refused = (name: string, why: string) =>
  new UsageError(`The ${name} refuses the parameters: ${why}. Change the file, see --parameters.`);

/** Gas of a transaction, of storage that constructors write, for each byte of code, and for each byte that is sent. */
const GAS = { transaction: 53_000n, constructor: 150_000n, code: 200n, data: 16n };

/** About how much gas contracts take to be deployed. */
export async function gasOf(
  client: PublicClient,
  account: Address,
  all: readonly Creation[],
): Promise<bigint> {
  const each = await Promise.all(
    all.map(async ({ name, data, stateOverride }) => {
      const code = BigInt(contractOf(name).deployedBytecode.length / 2);
      const reckoned =
        GAS.transaction + GAS.constructor + GAS.code * code + GAS.data * BigInt(data.length / 2);
      // A rollup's own estimate has what the data costs on its parent chain.
      if (stateOverride !== undefined) return reckoned;
      return client.estimateGas({ account, data }).catch(() => reckoned);
    }),
  );
  return each.reduce((sum, gas) => sum + gas, 0n);
}
