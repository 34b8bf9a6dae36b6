import {
  type AbiParameterToPrimitiveType,
  type ContractEventName,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  isAddressEqual,
  parseEventLogs,
} from "viem";
import { proofArbiterAbi } from "../../../generated/proofArbiterAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import { type WriteParameters, type Written, writeContract } from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

type Abi = typeof proofArbiterAbi;
type WriteName = ContractFunctionName<Abi, "nonpayable" | "payable">;
type ReadName = ContractFunctionName<Abi, "view" | "pure">;

/** The names of the ProofArbiter's events, as in the ABI. */
export type ProofEventName = ContractEventName<Abi>;

type InputOf<Name extends ProofEventName> = Extract<
  Abi[number],
  { type: "event"; name: Name }
>["inputs"][number];

/** An event's arguments by name, with the types that viem decodes them to. */
export type ProofEventArgs<Name extends ProofEventName> = {
  readonly [Input in InputOf<Name> as Input["name"]]: AbiParameterToPrimitiveType<Input>;
};

/** What `prove` and `begin` take of a machine and a task, and `move` of hashes. */
type ArgsOf<Name extends WriteName> = ContractFunctionArgs<Abi, "nonpayable" | "payable", Name>;

/** Sixteen hashes. */
export type Hashes = ArgsOf<"move">[3];

/** Calls the ProofArbiter as `writeContract` calls any contract. */
export function writeProof<const Name extends WriteName>(
  client: ProofContext,
  call: { functionName: Name; args: ArgsOf<Name> },
  options: WriteParameters,
): Promise<Written> {
  const { functionName } = call;
  // The types of this call are checked; a generic one's are beyond what viem can tell.
  const args = call.args as readonly unknown[];
  return writeContract(
    client,
    { address: client.proof, abi: proofArbiterAbi, functionName, args },
    options,
  );
}

/** Calls one of the ProofArbiter's view functions. */
export function readProof<const Name extends ReadName>(
  client: ProofContext,
  functionName: Name,
  args: ContractFunctionArgs<Abi, "view" | "pure", Name>,
  options: ReadParameters,
): Promise<ContractFunctionReturnType<Abi, "view" | "pure", Name>> {
  const contract = { address: client.proof, abi: proofArbiterAbi };
  return readContract(client, contract, functionName, args, options);
}

/** The arguments of the event `name` in a transaction, if it is there. */
export function proofEventIn<const Name extends ProofEventName>(
  client: ProofContext,
  { receipt }: Written,
  name: Name,
): ProofEventArgs<Name> | undefined {
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, client.proof));
  const [event] = parseEventLogs({ abi: proofArbiterAbi, eventName: name, logs });
  return event?.args as unknown as ProofEventArgs<Name> | undefined;
}

/** The arguments of the one event `name` that the transaction must have emitted. */
export function proofEventOf<const Name extends ProofEventName>(
  client: ProofContext,
  written: Written,
  name: Name,
): ProofEventArgs<Name> {
  const args = proofEventIn(client, written, name);
  if (args === undefined) throw new ChainDataError(`no ${name} in transaction ${written.hash}`);
  return args;
}
