import { type Hex, hexToBigInt, keccak256, numberToHex, toHex, toRlp } from "viem";
import { abortable } from "../../../concurrency/abortable.ts";
import { randomnessAbi } from "../../../generated/randomnessAbi.ts";
import { type ReadParameters, readContract } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { RandomnessProofError } from "../../errors/jury.ts";
import { ChainDataError } from "../../errors/market.ts";
import { getJuryParameters } from "./getJuryParameters.ts";

export interface GetDrawProofParameters extends ReadParameters {
  /** What the source of randomness calls that of the current panel; see `getStanding`. */
  randomness: bigint;
}

/** What `draw` takes as its proof. */
export type GetDrawProofReturnType = Hex;

export type GetDrawProofErrorType = ChainDataError;

/**
 * Reads the proof that the jury's source of randomness requires: empty, or the header of the block that its value comes from.
 *
 * @throws {@link RandomnessNotReadyError} while the randomness is not known yet.
 */
export async function getDrawProof(
  client: JuryContext,
  { randomness: id, ...options }: GetDrawProofParameters,
): Promise<GetDrawProofReturnType> {
  const { randomness: address } = await getJuryParameters(client, options);
  const source = { address, abi: randomnessAbi };
  try {
    await readContract(client, source, "read", [id, "0x"], options);
    return "0x";
  } catch (error) {
    if (!(error instanceof RandomnessProofError)) throw error;
  }
  const block = await abortable(
    client.public.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(id), false],
    }),
    options.signal,
  );
  if (block === null) throw new ChainDataError(`block ${id} is gone`);
  const header = encodeHeader(block as unknown as Record<string, Hex | undefined>);
  if (keccak256(header) !== block.hash) {
    throw new ChainDataError(`the header of block ${id} does not hash to ${block.hash}`);
  }
  return header;
}

/** A header's fields in their order; those of later forks are there, or not, from the end on. */
const FIELDS = [
  ...["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"],
  ...["logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"],
  ...["mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"],
  ...["parentBeaconBlockRoot", "requestsHash"],
];
/** Those that are numbers, which RLP writes without leading zeros. */
const NUMBERS = new Set([
  ...["difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"],
  ...["blobGasUsed", "excessBlobGas"],
]);

function encodeHeader(block: Readonly<Record<string, Hex | undefined>>): Hex {
  const values = FIELDS.flatMap((name) => {
    const value = block[name];
    if (value === undefined || value === null) return [];
    if (!NUMBERS.has(name)) return [value];
    const number = hexToBigInt(value);
    const digits = toHex(number).slice(2);
    const whole: Hex =
      number === 0n ? "0x" : `0x${digits.padStart(2 * Math.ceil(digits.length / 2), "0")}`;
    return [whole];
  });
  return toRlp(values);
}
