// A client's receipt for its share: what it was handed, as it was handed, with the mark of an acknowledgement before it.
export function main(input: Uint8Array): Uint8Array {
  const result = new Uint8Array(input.length + 8);
  store<u64>(result.dataStart, 0x3154_5043_5259_4c46); // "FLYRCPT1"
  memory.copy(result.dataStart + 8, input.dataStart, input.length);
  return result;
}
