import {
  type AbiParameterToPrimitiveType,
  type ContractEventName,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  isAddressEqual,
  parseEventLogs,
} from "viem";
import { juryArbiterAbi } from "../../../generated/juryArbiterAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import { type WriteParameters, type Written, writeContract } from "../../chain/write.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";

type Abi = typeof juryArbiterAbi;
type WriteName = ContractFunctionName<Abi, "nonpayable" | "payable">;
type ReadName = ContractFunctionName<Abi, "view" | "pure">;

/** The names of the JuryArbiter's events, as in the ABI. */
export type JuryEventName = ContractEventName<Abi>;

type InputOf<Name extends JuryEventName> = Extract<
  Abi[number],
  { type: "event"; name: Name }
>["inputs"][number];

/** An event's arguments by name, with the types that viem decodes them to. */
export type JuryEventArgs<Name extends JuryEventName> = {
  readonly [Input in InputOf<Name> as Input["name"]]: AbiParameterToPrimitiveType<Input>;
};

/** Calls the jury as `writeContract` calls any contract. */
export function writeJury<const Name extends WriteName>(
  client: JuryContext,
  call: {
    functionName: Name;
    args: ContractFunctionArgs<Abi, "nonpayable" | "payable", Name>;
    value?: bigint;
  },
  options: WriteParameters,
): Promise<Written> {
  const { functionName, value } = call;
  // The types of this call are checked; a generic one's are beyond what viem can tell.
  const args = call.args as readonly unknown[];
  const sent = value === undefined ? {} : { value };
  return writeContract(
    client,
    { address: client.jury, abi: juryArbiterAbi, functionName, args, ...sent },
    options,
  );
}

/** Calls one of the jury's view functions. */
export function readJury<const Name extends ReadName>(
  client: JuryContext,
  functionName: Name,
  args: ContractFunctionArgs<Abi, "view" | "pure", Name>,
  options: ReadParameters,
): Promise<ContractFunctionReturnType<Abi, "view" | "pure", Name>> {
  return readContract(
    client,
    { address: client.jury, abi: juryArbiterAbi },
    functionName,
    args,
    options,
  );
}

/** The arguments of the one event `name` that the transaction must have emitted. */
export function juryEventOf<const Name extends JuryEventName>(
  client: JuryContext,
  { hash, receipt }: Written,
  name: Name,
): JuryEventArgs<Name> {
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, client.jury));
  const [event] = parseEventLogs({ abi: juryArbiterAbi, eventName: name, logs });
  if (event === undefined) throw new ChainDataError(`no ${name} in transaction ${hash}`);
  return event.args as unknown as JuryEventArgs<Name>;
}
