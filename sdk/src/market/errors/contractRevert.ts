import {
  type AbiParameterToPrimitiveType,
  type ContractErrorName as ContractErrorNameOf,
  formatEther,
  type Hex,
} from "viem";
import { hostStepVerifierAbi } from "../../generated/hostStepVerifierAbi.ts";
import { instructionVerifierAbi } from "../../generated/instructionVerifierAbi.ts";
import { juryArbiterAbi } from "../../generated/juryArbiterAbi.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import { offersAbi } from "../../generated/offersAbi.ts";
import { proofArbiterAbi } from "../../generated/proofArbiterAbi.ts";
import { randomnessAbi } from "../../generated/randomnessAbi.ts";
import { AssayError } from "../../protocol/errors/base.ts";

/** The contracts whose errors have classes. Those that several of them have are the same in all. */
export const contractAbis = [
  ...marketplaceAbi,
  ...juryArbiterAbi,
  ...randomnessAbi,
  ...proofArbiterAbi,
  ...instructionVerifierAbi,
  ...hostStepVerifierAbi,
  ...offersAbi,
] as const;

/** Their errors: a call may revert with one of another contract that it led to. */
export const contractErrors = contractAbis.filter((item) => item.type === "error");

type Abi = typeof contractAbis;

/** The names of the contracts' custom errors. */
export type ContractErrorName = ContractErrorNameOf<Abi>;

type InputOf<Name extends ContractErrorName> = Extract<
  Abi[number],
  { type: "error"; name: Name }
>["inputs"][number];

/** A custom error's arguments by name, with the types that viem decodes them to. */
export type ContractErrorArgs<Name extends ContractErrorName = ContractErrorName> =
  Name extends ContractErrorName
    ? {
        readonly [Input in InputOf<Name> as Input["name"]]: AbiParameterToPrimitiveType<Input>;
      }
    : never;

/** What a transaction cost that reverted nevertheless, because the chain moved on after its simulation. */
export interface RevertedTransaction {
  hash: Hex;
  blockNumber: bigint;
  gasUsed: bigint;
  /** Wei. */
  feeWei: bigint;
}

/** A contract refused a call. There is one class for each custom error; `code` is that error's name. */
export abstract class ContractRevertError extends AssayError {
  abstract override readonly code: ContractErrorName;
  abstract readonly args: ContractErrorArgs;
  /** Set when the refusal cost gas; a call that is refused in simulation is never sent. */
  transaction: RevertedTransaction | undefined;
}

interface Options {
  /** Whether the same call succeeds later by the passing of time alone. */
  retryable?: boolean;
}

/** The class of one custom error. */
export function revertError<Name extends ContractErrorName>(
  name: Name,
  describe: (args: ContractErrorArgs<Name>) => string,
  { retryable = false }: Options = {},
) {
  return class extends ContractRevertError {
    readonly code = name;
    readonly retryable = retryable;
    readonly args: ContractErrorArgs<Name> & ContractErrorArgs;

    constructor(args: ContractErrorArgs<Name> & ContractErrorArgs, options: { cause?: unknown }) {
      super(describe(args), options);
      this.args = args;
    }
  };
}

/** Unix seconds for people; a node that lies may name a time that no calendar has. */
export function time(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString();
}

/** Wei as ether. */
export const ether = (wei: bigint) => `${formatEther(wei)} ether`;
