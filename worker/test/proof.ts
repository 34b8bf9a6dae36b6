import { createExecutor, type ExecutorOptions, type TaskRun } from "@assay/runners";
import type { MarketClient } from "@assay/sdk";
import type { Address } from "viem";
import { createLyingTracer } from "../../devnet/src/lyingTracer.ts";
import type { TestChain } from "../../test/fixtures/chain.ts";
import { answer, type Traced, traceTask } from "../src/disputes/arbiters/proof/trace/answer.ts";
import type { NodeOptions } from "../src/node/options.ts";
import type { NodeProcess } from "./network.ts";

/** What a liar makes of what its tasks give. */
export type Lie = (run: TaskRun) => TaskRun;

/** An executor that gives something else for each task. */
export const executorThat = (lie: Lie) => (options?: ExecutorOptions) => {
  const honest = createExecutor(options);
  return {
    ...honest,
    run: async (parameters: Parameters<typeof honest.run>[0]) => lie(await honest.run(parameters)),
  };
};

/** The last bit of the result. */
export const wrongByte: Lie = (run) =>
  "bytes" in run ? { ...run, bytes: run.bytes.with(-1, (run.bytes.at(-1) ?? 0) ^ 1) } : run;

/** The parts of a node that make it a party which lies. */
export type Lies = Required<Pick<NodeOptions, "createExecutor" | "createTracer">>;

/** Gives something else for each task, and defends it by states that never were. @param share - as of {@link createLyingTracer}. */
export const defending = (lie: Lie, share: number): Lies => ({
  createExecutor: executorThat(lie),
  createTracer: () => createLyingTracer({ share }),
});

/** Takes every task to have another input: states and result are what would follow from that. @param at - the byte that is another one. */
export function withOtherInput(at: number): Lies {
  const other = (input: Uint8Array) => input.with(at, (input[at] ?? 0) ^ 1);
  return {
    createExecutor(options) {
      const honest = createExecutor(options);
      return { ...honest, run: (task) => honest.run({ ...task, input: other(task.input) }) };
    },
    createTracer() {
      const told = new Map<string, Traced>();
      return {
        async ask({ key, task, question }) {
          const { input } = task;
          const traced =
            told.get(key) ?? traceTask({ ...task, input: { ...input, bytes: other(input.bytes) } });
          told.set(key, traced);
          return answer(traced, question);
        },
        async close() {},
      };
    },
  };
}

/**
 * Has blocks mined, and kills a node whenever it has sent a transaction that is not mined yet: in each of them once. Until `isOver`.
 * @param start - starts it again.
 * @returns how often it was killed.
 */
export async function killAtEachTransaction(
  { chain, reader }: { chain: TestChain; reader: Pick<MarketClient, "public"> },
  {
    account: address,
    node: first,
    start,
    isOver,
    atMost = Number.POSITIVE_INFINITY,
  }: {
    account: Address;
    node: NodeProcess;
    start: () => NodeProcess;
    isOver: () => boolean | Promise<boolean>;
    atMost?: number;
  },
): Promise<number> {
  const nonceOf = (blockTag: "latest" | "pending") =>
    reader.public.getTransactionCount({ address, blockTag });
  await chain.setAutomine(false);
  let node = first;
  let killed = 0;
  let lastNonce = -1;
  try {
    while (!(await isOver())) {
      const [mined, pending] = [await nonceOf("latest"), await nonceOf("pending")];
      if (pending > mined && mined > lastNonce && killed < atMost) {
        lastNonce = mined;
        node.kill("SIGKILL");
        await node.exit;
        killed += 1;
        await chain.mine(1);
        node = start();
        continue;
      }
      await chain.mine(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await chain.setAutomine(true);
  }
  return killed;
}
