import { parseAbi } from "viem";

/** By which an account moves its credit to another: how a relayer is paid. */
export const givingAbi = parseAbi([
  "function giveCredit(address to, address token, uint256 amount)",
  "event CreditGiven(address indexed from, address indexed token, address indexed to, uint256 amount)",
]);
