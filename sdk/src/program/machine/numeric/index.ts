import { conversions } from "./conversions.ts";
import { floatOperations } from "./floats.ts";
import { integerOperations } from "./integers.ts";
import type { Operation } from "./operation.ts";

const table: Operation[] = [];
for (const [first, operations] of [...integerOperations, ...floatOperations, ...conversions]) {
  for (const [index, operation] of operations.entries()) table[first + index] = operation;
}

/** The numeric instructions by opcode. */
export const numericOperations: readonly (Operation | undefined)[] = table;

/** Whether an opcode takes one operand: tests, and what changes or converts a number. */
export function isUnary(opcode: number): boolean {
  return (
    opcode === 0x45 ||
    opcode === 0x50 ||
    (opcode >= 0x67 && opcode <= 0x69) ||
    (opcode >= 0x79 && opcode <= 0x7b) ||
    (opcode >= 0x8b && opcode <= 0x91) ||
    (opcode >= 0x99 && opcode <= 0x9f) ||
    opcode >= 0xa7
  );
}
