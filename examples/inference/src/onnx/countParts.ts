import protobuf from "protobufjs/light.js";

/** What a part costs beside a number: objects, with room for every field that the format has. */
const OBJECT_PARTS = 16;
const LENGTH_DELIMITED = 2;

/**
 * How many numbers and objects the decoder would make of a message, without making any: two bytes of a file can stand for an object of a
 * kilobyte. A number or text counts 1, a message or bytes 16. Packed floats are free: they take no more than the file does.
 * @param most - ends the count early, once it exceeds this.
 * @throws {RangeError} when the bytes are no message of that type.
 */
export function countParts(type: protobuf.Type, bytes: Uint8Array, most: number): number {
  const reader = protobuf.Reader.create(bytes);
  let parts = 0;
  const walk = (message: protobuf.Type, end: number): void => {
    while (reader.pos < end && parts <= most) {
      const tag = reader.uint32();
      const wireType = tag & 7;
      const field = message.fieldsById[tag >>> 3]?.resolve();
      if (field === undefined || wireType !== LENGTH_DELIMITED) {
        reader.skipType(wireType);
        parts++;
        continue;
      }
      const length = reader.uint32();
      if (length > end - reader.pos) throw new RangeError("a field is longer than its message");
      const { resolvedType } = field;
      if (resolvedType instanceof protobuf.Type) {
        parts += OBJECT_PARTS;
        walk(resolvedType, reader.pos + length);
        continue;
      }
      if (field.type === "bytes") parts += OBJECT_PARTS;
      else if (field.type === "string") parts++;
      // Each byte of packed integers may be one.
      else if (field.type !== "float") parts += length;
      reader.skip(length);
    }
  };
  walk(type, reader.len);
  return parts;
}
