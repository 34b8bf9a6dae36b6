import { ORDER_HEADER_BYTES, type Order, writeOrder } from "./child/wire.mts";

/** An order without the length of its payload, which the payload has. */
export type OrderToSend = { payload?: Uint8Array } & (
  | Omit<Extract<Order, { type: "load" }>, "payloadBytes">
  | Omit<Extract<Order, { type: "unload" }>, "payloadBytes">
  | Omit<Extract<Order, { type: "task" }>, "payloadBytes">
);

/** From this length on, writing a payload by itself is cheaper than copying it. */
export const OWN_WRITE_BYTES = 32 << 10;

/** Orders as bytes to be written one chunk after the other: few chunks, and no copies of large payloads. */
export function encodeOrders(orders: readonly OrderToSend[]): Uint8Array[] {
  let packedBytes = 0;
  for (const { payload } of orders) packedBytes += ORDER_HEADER_BYTES + packedLength(payload);
  const packed = new Uint8Array(packedBytes);
  const view = new DataView(packed.buffer);
  const chunks: Uint8Array[] = [];
  let chunkStart = 0;
  let at = 0;
  for (const { payload, ...order } of orders) {
    writeOrder(view, at, { ...order, payloadBytes: payload?.length ?? 0 } as Order);
    at += ORDER_HEADER_BYTES;
    if (payload === undefined) continue;
    if (payload.length < OWN_WRITE_BYTES) {
      packed.set(payload, at);
      at += payload.length;
    } else {
      chunks.push(packed.subarray(chunkStart, at), payload);
      chunkStart = at;
    }
  }
  if (chunkStart < at) chunks.push(packed.subarray(chunkStart, at));
  return chunks;
}

function packedLength(payload: Uint8Array | undefined): number {
  return payload === undefined || payload.length >= OWN_WRITE_BYTES ? 0 : payload.length;
}
