import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { request } from "node:http";
import { join, resolve } from "node:path";
import type { Peer } from "@assay/network";
import type { NodeStatus } from "../node/status.ts";
import {
  NodeNotRunningError,
  nodeHasEnded,
  nodeIsAnothers,
  nodeIsSilent,
  nodeRefuses,
} from "./errors.ts";
import { endServer, json, serve } from "./httpServer.ts";
import { lookupRoutes } from "./lookups.ts";
import type { ReadStatus } from "./metricsServer.ts";
import { type Readiness, readinessOf } from "./readiness.ts";

/** Longest path of a socket that every system takes, in bytes. */
const LONGEST_PATH = 100;

/**
 * The path of the control socket for a data folder. If the folder's path is too long for a socket, the socket is in the system's folder for
 * temporary files.
 */
export function controlPath(dataDir: string, temporary = "/tmp"): string {
  const folder = resolve(dataDir);
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  if (process.platform === "win32") return `\\\\.\\pipe\\assay-${name}`;
  const path = join(folder, "control.sock");
  return Buffer.byteLength(path) <= LONGEST_PATH ? path : join(temporary, `assay-${name}.sock`);
}

export interface ControlServer {
  path: string;
  close(): Promise<void>;
}

/** The answer of a running node on its control socket. */
export type ControlStatus = NodeStatus & { readiness: Readiness };

/**
 * Lets the account that runs the node read its status, look for other peers and tell it to drain. The socket's permissions keep other
 * accounts of the machine out.
 * @param drain - resolves when the node is drained.
 */
export async function startControl(
  dataDir: string,
  {
    readStatus,
    drain,
    peer,
  }: { readStatus: ReadStatus; drain: () => Promise<number>; peer: () => Peer },
): Promise<ControlServer> {
  const path = controlPath(dataDir);
  // The data folder is ours alone: a socket that is there is a killed node's.
  if (process.platform !== "win32") await rm(path, { force: true });
  const server = await serve(
    {
      async "GET /status"() {
        const status = await readStatus();
        return json(200, { ...status, readiness: readinessOf(status) });
      },
      async "POST /drain"() {
        return json(200, { batches: await drain() });
      },
      ...lookupRoutes(peer),
    },
    { path },
  );
  if (process.platform !== "win32") await chmod(path, 0o600);
  return { path, close: () => endServer(server) };
}

/** What a node can be asked. */
export type Question =
  | readonly ["GET", "/status"]
  | readonly ["GET", "/ping", { peer: string }]
  | readonly ["GET", "/find", { what: string }]
  | readonly ["POST", "/drain"];

/** How long a node may take to answer, in milliseconds. A drain takes as long as it takes. */
const ANSWER_MS = { "/status": 10_000, "/ping": 20_000, "/find": 30_000, "/drain": undefined };
/** More than any answer, in characters. */
const LONGEST_ANSWER = 64 << 20;

/**
 * Asks the node of a data folder.
 *
 * @throws {@link NodeNotRunningError}
 * @throws {@link NodeControlError} when it may not be asked, does not answer, ends meanwhile or refuses.
 */
export async function askNode<T>(
  dataDir: string,
  [method, path, query]: Question,
  { timeoutMs = ANSWER_MS[path] }: { timeoutMs?: number | undefined } = {},
): Promise<T> {
  const socketPath = controlPath(dataDir);
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
  const asked = request({ socketPath, method, path: path + search, agent: false, signal });
  let isConnected = false;
  asked.once("socket", (socket) => {
    socket.once("connect", () => {
      isConnected = true;
    });
  });
  asked.end();
  let status: number | undefined;
  let text = "";
  try {
    const [response] = await once(asked, "response");
    status = response.statusCode;
    for await (const part of response.setEncoding("utf8")) {
      text += part;
      if (text.length > LONGEST_ANSWER) throw new RangeError("the answer does not end");
    }
  } catch (cause) {
    asked.destroy();
    const { code } = cause as NodeJS.ErrnoException;
    if (signal?.aborted) throw nodeIsSilent(dataDir, timeoutMs, { cause });
    if (code === "EACCES" || code === "EPERM") throw nodeIsAnothers(socketPath, { cause });
    throw isConnected
      ? nodeHasEnded(dataDir, { cause })
      : new NodeNotRunningError(dataDir, { cause });
  }
  const answer = parseAnswer(text);
  if (answer === undefined) throw nodeHasEnded(dataDir);
  if (status !== 200) throw nodeRefuses(String(answer.error), status);
  return answer as T;
}

function parseAnswer(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the node has ended in the middle of it
  }
}

/**
 * Whether a node answers for this data folder.
 *
 * @throws {@link NodeControlError} when there is one and it does not answer.
 */
export async function isNodeRunning(dataDir: string): Promise<boolean> {
  return (await askIfRunning(dataDir)) !== undefined;
}

/**
 * How the node of a data folder stands, if there is one.
 *
 * @throws {@link NodeControlError}
 */
export async function askIfRunning(dataDir: string): Promise<ControlStatus | undefined> {
  try {
    return await askNode<ControlStatus>(dataDir, ["GET", "/status"]);
  } catch (error) {
    if (error instanceof NodeNotRunningError) return undefined;
    throw error;
  }
}
