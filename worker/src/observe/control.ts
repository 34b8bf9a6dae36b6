import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { request } from "node:http";
import { join, resolve } from "node:path";
import type { NodeStatus } from "../node/status.ts";
import { NodeNotRunningError } from "./errors.ts";
import { endServer, json, serve } from "./httpServer.ts";
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
 * Lets the account that runs the node read its status and tell it to drain. The socket's permissions keep other accounts of the machine
 * out.
 * @param drain - resolves when the node is drained.
 */
export async function startControl(
  dataDir: string,
  { readStatus, drain }: { readStatus: ReadStatus; drain: () => Promise<number> },
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
    },
    { path },
  );
  if (process.platform !== "win32") await chmod(path, 0o600);
  return { path, close: () => endServer(server) };
}

/**
 * Asks the node of a data folder.
 *
 * @throws {@link NodeNotRunningError}
 */
export async function askNode<T>(
  dataDir: string,
  [method, path]: readonly ["GET", "/status"] | readonly ["POST", "/drain"],
): Promise<T> {
  const asked = request({ socketPath: controlPath(dataDir), method, path, agent: false });
  asked.end();
  try {
    const [response] = await once(asked, "response");
    let text = "";
    for await (const part of response.setEncoding("utf8")) text += part;
    return JSON.parse(text);
  } catch (cause) {
    throw new NodeNotRunningError(dataDir, { cause });
  }
}

/** Whether a node answers for this data folder. */
export async function isNodeRunning(dataDir: string): Promise<boolean> {
  return (await askIfRunning(dataDir)) !== undefined;
}

/** How the node of a data folder stands, if there is one. */
export async function askIfRunning(dataDir: string): Promise<ControlStatus | undefined> {
  try {
    return await askNode<ControlStatus>(dataDir, ["GET", "/status"]);
  } catch (error) {
    if (error instanceof NodeNotRunningError) return undefined;
    throw error;
  }
}
