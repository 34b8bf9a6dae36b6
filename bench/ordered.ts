/** Processes of a bench that are told over IPC what to do, one order after the other or several at a time. */
import type { ChildProcess } from "node:child_process";

interface Answer<Reply> {
  id: number;
  answer?: Reply;
  error?: string;
}

/** The side that orders. @returns what sends an order and resolves with its answer. */
export function ordersTo<Order, Reply>(child: ChildProcess): (order: Order) => Promise<Reply> {
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  let orders = 0;
  child.on("message", ({ id, answer, error }: Answer<Reply>) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(answer as Reply);
    else one?.reject(new Error(error));
  });
  return (order) => {
    const one = Promise.withResolvers<Reply>();
    const id = ++orders;
    waiting.set(id, one);
    child.send({ id, order });
    return one.promise;
  };
}

/** The side that obeys; the process ends when nobody orders any more. */
export function obeyOrders<Order, Reply>(obey: (order: Order) => Promise<Reply>): void {
  process.on("message", ({ id, order }: { id: number; order: Order }) => {
    obey(order).then(
      (answer) => process.send?.({ id, answer }),
      (error: Error) => process.send?.({ id, error: String(error.stack) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
