import type { Program } from "@assay/runners";
import { AssayError, type JobSpec, type JobTerms } from "@assay/sdk";
import { isProvableInput, MAX_PROVABLE_BYTES, programMachine } from "@assay/sdk/machine";
import type { CID } from "multiformats/cid";
import { type Address, type Hex, isAddressEqual, zeroHash } from "viem";

/** A job that this node could not defend before a proof arbiter, or that names another program's machine. */
export class MachineRefusedError extends AssayError {
  readonly code = "MACHINE_REFUSED";
  readonly retryable = false;

  constructor(reason: string) {
    super(`The job is refused: ${reason}.`, { details: reason });
  }
}

/** What admission needs to know of proofs. */
export interface ProofRules {
  /** Whether the job has to be provable, as its arbiter decides by proofs. */
  mustProve(terms: Pick<JobTerms, "arbiter">): boolean;
  /** @throws {@link MachineRefusedError} by what the job says alone. */
  checkTerms(terms: Pick<JobTerms, "arbiter">, spec: JobSpec): void;
  /**
   * Checks the machine that the job names against its program's. The root is computed once for a program.
   *
   * @throws {@link MachineRefusedError}
   */
  checkProgram(program: Program, spec: JobSpec, signal: AbortSignal): Promise<void>;
}

/** @param arbiters - the ProofArbiters that the node knows. */
export function createProofRules(arbiters: readonly Address[]): ProofRules {
  const roots = new WeakMap<Program, Hex>();
  const mustProve: ProofRules["mustProve"] = ({ arbiter }) =>
    arbiters.some((one) => isAddressEqual(one, arbiter));
  return {
    mustProve,
    checkTerms(terms, { machineRoot, maxResultBytes }) {
      if (!mustProve(terms)) return;
      if (machineRoot === zeroHash) {
        throw new MachineRefusedError("its arbiter decides by proofs, and it names no machine");
      }
      if (maxResultBytes > MAX_PROVABLE_BYTES) {
        throw new MachineRefusedError(
          `its arbiter decides by proofs, and its results may have ${maxResultBytes} bytes; ${MAX_PROVABLE_BYTES} can be proved`,
        );
      }
    },
    async checkProgram(program, { machineRoot }, signal) {
      if (machineRoot === zeroHash) return;
      const { instrumented } = program;
      const root = roots.get(program) ?? (await programMachine(instrumented, { signal })).root;
      roots.set(program, root);
      if (root !== machineRoot.toLowerCase()) {
        throw new MachineRefusedError(
          `it names the machine ${machineRoot}, and its program's is ${root}`,
        );
      }
    },
  };
}

/**
 * Checks an input of a job whose arbiter decides by proofs, once it was read: one whose name no proof can follow could not be defended.
 *
 * @throws {@link MachineRefusedError}
 */
export function checkProvableInput(cid: CID, bytes: Uint8Array): void {
  if (isProvableInput(cid, bytes)) return;
  throw new MachineRefusedError(
    `its arbiter decides by proofs, and of the input ${cid} of ${bytes.length} bytes none is possible`,
  );
}
