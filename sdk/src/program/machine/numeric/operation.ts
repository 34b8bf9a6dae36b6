/** In place of a result: the operation traps. */
export const TRAP = "trap";

/** A numeric instruction, from the slots of its operands to that of its result. One of a single operand ignores the second. */
export type Operation = (a: bigint, b: bigint) => bigint | typeof TRAP;
