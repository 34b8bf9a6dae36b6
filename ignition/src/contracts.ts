import compiled from "./generated/contracts.json" with { type: "json" };

/** A contract as it is deployed: what solc made of the source that `sourceName` names. */
export interface CompiledContract {
  contractName: string;
  sourceName: string;
  abi: readonly unknown[];
  /** Creation code; where a library is linked, its placeholder stands in the place of the address. */
  bytecode: string;
  /** By source and library: where in the code, in bytes, its address belongs. */
  linkReferences: LinkReferences;
  /** The source's name among those of `sources.json`. */
  inputSourceName: string;
  /** The code as it lies on the chain, without the libraries' addresses and the immutables. */
  deployedBytecode: string;
  deployedLinkReferences: LinkReferences;
  /** Where an immutable's value stands in that code, by a number of the compiler's. */
  immutableReferences: Record<string, CodeRange[]>;
}

/** Bytes of a code. */
export interface CodeRange {
  start: number;
  length: number;
}

export type LinkReferences = Record<string, Record<string, CodeRange[]>>;

/** The contracts that Assay deploys, by name. A test holds them to their sources: byte for byte what the compiler makes. */
export const contracts: Readonly<Record<string, CompiledContract>> = compiled;
