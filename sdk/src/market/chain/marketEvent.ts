import type { AbiParameterToPrimitiveType, ContractEventName } from "viem";
import type { marketplaceAbi } from "../../generated/marketplaceAbi.ts";

type Abi = typeof marketplaceAbi;

/** The names of the Marketplace's events, as in the ABI, but for one of EIP-5267 that never happens: its domain is fixed. */
export type EventName = Exclude<ContractEventName<Abi>, "EIP712DomainChanged">;

type InputOf<Name extends EventName> = Extract<
  Abi[number],
  { type: "event"; name: Name }
>["inputs"][number];

/** An event's arguments by name, with the types that viem decodes them to. */
export type EventArgs<Name extends EventName> = {
  readonly [Input in InputOf<Name> as Input["name"]]: AbiParameterToPrimitiveType<Input>;
};
