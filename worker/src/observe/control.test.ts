import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Started, startedThings, temporaryFolder } from "../../test/network.ts";
import { askIfRunning, askNode, controlPath } from "./control.ts";

let started: Started;
let dataDir: string;
beforeEach(async () => {
  started = startedThings();
  dataDir = await temporaryFolder(started);
});
afterEach(() => started.end());

/** Something that is no well node listens on the folder's socket. */
async function listen(answer: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => answer(socket));
  });
  server.listen(controlPath(dataDir));
  await once(server, "listening");
  started.add(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

const http = (status: string, body: string, byteLength = body.length) =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${byteLength}\r\n\r\n${body}`;
const status = () => askNode(dataDir, ["GET", "/status"], { timeoutMs: 200 });

test("where nobody listens no node runs", async () => {
  await expect(status()).rejects.toMatchObject({ code: "NODE_NOT_RUNNING" });
  expect(await askIfRunning(dataDir)).toBeUndefined();
});

test.each<[string, (socket: Socket) => void, object]>([
  ["says nothing", () => {}, { code: "NODE_SILENT", retryable: true }],
  [
    "stops in the middle of its answer",
    (socket) => socket.write(http("200 OK", '{"roles":', 100)),
    { code: "NODE_SILENT" },
  ],
  ["hangs up", (socket) => socket.destroy(), { code: "NODE_ENDED" }],
  [
    "ends in the middle of its answer",
    (socket) => socket.end(http("200 OK", '{"roles":', 100)),
    { code: "NODE_ENDED" },
  ],
  [
    "fails",
    (socket) => socket.end(http("500 Oops", '{"error":"the disk is gone"}')),
    { code: "NODE_REFUSED", shortMessage: "the disk is gone" },
  ],
  [
    "finds the question wrong",
    (socket) => socket.end(http("400 Bad", '{"error":"no such peer"}')),
    { code: "NODE_ASKED_WRONGLY", shortMessage: "no such peer" },
  ],
  [
    "answers what is no JSON",
    (socket) => socket.end(http("200 OK", "<p>")),
    { code: "NODE_ENDED" },
  ],
  ["speaks another protocol", (socket) => socket.end("SSH-2.0-x\r\n"), { code: "NODE_ENDED" }],
])("one that %s is told from one that is not there", async (_, answer, error) => {
  await listen(answer);
  await expect(status()).rejects.toMatchObject(error);
});
