import { readFileSync, statSync } from "node:fs";
import type { Deployment } from "@assay/sdk";
import { type Address, getAddress, isAddress } from "viem";
import { ConfigError } from "../config/errors.ts";

/** Far more than all chains take. */
const MAX_BYTES = 1 << 20;

/** A deployment in a file. */
export interface FiledDeployment extends Deployment {
  /** Where the jury gets its randomness. */
  randomness: Address;
}

/**
 * The deployments that a file names, by chain id.
 *
 * @throws {@link ConfigError} that names the file.
 */
export function readDeployments(file: string): Record<number, FiledDeployment> {
  const invalid = (what: string, cause?: unknown) =>
    new ConfigError(
      `The deployment file ${file} ${what}: name one that assay chain deploy has written.`,
      { cause },
    );
  let json: unknown;
  try {
    if (statSync(file).size > MAX_BYTES) throw invalid("is larger than 1 MiB");
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw invalid(code === undefined ? "is no JSON" : `cannot be read (${code})`, cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid("holds no object with a chain id for each deployment");
  }
  return Object.fromEntries(
    Object.entries(json).map(([chainId, entry]) => {
      const number = (name: string, least: number) => {
        const value = entry?.[name];
        if (Number.isSafeInteger(value) && value >= least) return Number(value);
        throw invalid(`has no ${name} for chain ${chainId}`);
      };
      const address = (name: string): Address => {
        const value = entry?.[name];
        if (typeof value === "string" && isAddress(value)) return getAddress(value);
        throw invalid(`has no address of the ${name} on chain ${chainId}`);
      };
      return [
        chainId,
        {
          ...entry, // what a later version knows of it stays
          marketplace: address("marketplace"),
          jury: address("jury"),
          randomness: address("randomness"),
          // Earlier versions deployed none.
          ...(entry?.proof === undefined ? {} : { proof: address("proof") }),
          ...(entry?.offers === undefined ? {} : { offers: address("offers") }),
          blockNumber: BigInt(number("blockNumber", 0)),
          confirmations: number("confirmations", 1),
        },
      ];
    }),
  );
}
