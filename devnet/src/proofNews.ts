import { type DisputeId, type ProofClient, type ProofEvent, proofArbiterAbi } from "@assay/sdk";
import { explainStep, spacingOf } from "@assay/sdk/machine";
import { type Address, decodeFunctionData, type Hex } from "viem";
import { formatCount, shortHex } from "./table.ts";

/** Where a game stands: the states that its last move was about. */
interface Interval {
  /** Steps before the first of them. */
  from: bigint;
  exponent: number;
  /** Who posted them. */
  party: Address;
}

type News = [label: string, text: string];

/** Tells the moves of games in words, each with the gas that it took. */
export function createProofNews(
  proof: ProofClient,
  nameOf: (account: Address) => string,
): (event: ProofEvent) => Promise<News | undefined> {
  const games = new Map<DisputeId, Interval>();

  async function gasOf(hash: Hex): Promise<string> {
    const { gasUsed } = await proof.public.getTransactionReceipt({ hash });
    return `${formatCount(Number(gasUsed))} gas`;
  }

  async function describeMove(event: Extract<ProofEvent, { type: "moved" }>): Promise<News> {
    const { id, party, exponent, index, transactionHash } = event;
    const before = games.get(id);
    const from =
      before === undefined ? 0n : before.from + BigInt(index) * spacingOf(before.exponent);
    games.set(id, { from, exponent, party });
    const apart = exponent === 0 ? "a step" : `${formatSteps(spacingOf(exponent))} steps`;
    const gas = await gasOf(transactionHash);
    return before === undefined
      ? ["proof", `${nameOf(party)} posts 16 states, ${apart} apart (${gas})`]
      : [
          "",
          `${nameOf(party)} agrees up to step ${formatSteps(from)}, and posts 16 states of its own, ${apart} apart (${gas})`,
        ];
  }

  /** The step that decided, or why there was none. */
  async function describeEnd(event: Extract<ProofEvent, { type: "decided" }>): Promise<News> {
    const { id, winner, transactionHash: hash } = event;
    const game = games.get(id);
    const { input } = await proof.public.getTransaction({ hash });
    const { functionName, args } = decodeFunctionData({ abi: proofArbiterAbi, data: input });
    if (functionName !== "prove" || game === undefined) {
      return ["", `${nameOf(winner)} wins (${await gasOf(hash)})`];
    }
    const [, posted, index, machine, , state, witness] = args;
    const at = formatSteps(game.from + BigInt(index));
    const { text } = explainStep({ machine, state, witness });
    const claimed = posted[index] ?? "0x";
    const other = nameOf(game.party);
    const found =
      claimed === event.proven
        ? `the state is ${shortHex(claimed)} then, as ${other} says`
        : `the state is ${shortHex(event.proven)} then, where ${other} claims ${shortHex(claimed)}`;
    return ["", `the chain carries out step ${at}: ${text}; ${found} (${await gasOf(hash)})`];
  }

  return async (event) => {
    switch (event.type) {
      case "moved":
        return describeMove(event);
      case "decided":
        return describeEnd(event);
      default:
        return undefined;
    }
  };
}

const formatSteps = (steps: bigint) => steps.toLocaleString("en-US");
