import type { ServerResponse } from "node:http";
import { Outcome } from "@assay/sdk";
import { MAX_PROGRAM_BYTES } from "@assay/sdk/program";
import { createExecutor, type TaskRun } from "../../executor/executor.ts";
import { HTTP_DEFAULTS } from "../wire/defaults.ts";
import { type HostInfo, OUTCOME_HEADER, PATHS, type Refusal } from "../wire/wire.ts";
import { type Request, readBody } from "./body.ts";
import { type Listener, listen, type TlsFiles } from "./listen.ts";
import { createHostMetrics } from "./metrics.ts";
import { createSentPrograms } from "./programs.ts";
import { RefusedError } from "./refused.ts";
import { createTokenCheck } from "./token.ts";

/** Fuel ends a task; this ends what should never happen. Milliseconds. */
const TASK_LIMIT_MS = 3_600_000;
const PROGRAMS_BYTES = 256 << 20;

export interface ServeRunnerOptions {
  /** Default: `127.0.0.1`. */
  host?: string | undefined;
  /** Default: any free one. */
  port?: number | undefined;
  /** Clients have to show it. Without one, whoever can connect may run programs: on loopback alone. */
  token?: string | undefined;
  /** Without it, what travels can be read, the token too. */
  tls?: TlsFiles | undefined;
  /** Sandboxed child processes, and so tasks at a time. Default: one a core. */
  processes?: number | undefined;
  /** Tasks that are taken at a time, waiting ones included. Default: 128 a process. */
  concurrency?: number | undefined;
  /** Longest input, in bytes. Default: 64 MiB. */
  maxInputBytes?: number | undefined;
  /** Default: 1,024. */
  maxConnections?: number | undefined;
}

export interface RunnerHost {
  readonly url: string;
  /** Takes nothing more, finishes what is under way, and ends. */
  close(): Promise<void>;
}

type Response = Pick<ServerResponse, "writeHead" | "end" | "headersSent" | "destroy"> & {
  on(event: "close", listener: () => void): unknown;
};

/**
 * Runs programs for those who have the token, in sandboxed processes: the other side of `httpRunner`.
 *
 * @throws RangeError when it has no token and is not on loopback; Node's own error, with its `code`, when it cannot listen.
 */
export async function serveRunner({
  host = "127.0.0.1",
  port = 0,
  token,
  tls,
  processes,
  concurrency,
  maxInputBytes = HTTP_DEFAULTS.maxInputBytes,
  maxConnections = 1_024,
}: ServeRunnerOptions = {}): Promise<RunnerHost> {
  if (token === "") throw new RangeError("the token is empty");
  if (token === undefined && !/^(127\.|localhost$|::1$)/.test(host)) {
    throw new RangeError(`whoever reaches ${host} could run programs: set a token`);
  }
  const executor = createExecutor({ processes, taskLimitMs: TASK_LIMIT_MS });
  const most = concurrency ?? executor.processes * 128;
  const metrics = createHostMetrics();
  const programs = createSentPrograms(PROGRAMS_BYTES);
  const mayAsk = createTokenCheck(token);
  let underWay = 0;
  let isDraining = false;
  let onIdle = () => {};

  async function runTask(request: Request, response: Response, path: string): Promise<void> {
    const [cid = "", query = ""] = path.slice(PATHS.programs.length).split(`${PATHS.tasks}?`);
    if (isDraining) throw new RefusedError(503, "DRAINING", "This host is about to end.");
    if (underWay >= most) throw new RefusedError(503, "BUSY", `${most} tasks are under way here.`);
    underWay++;
    const gone = new AbortController();
    // After the answer it ends nothing any more.
    response.on("close", () => gone.abort(new Error("whoever asked is gone")));
    try {
      const limits = limitsIn(query);
      const program = programs.get(cid);
      const input = await readBody(request, Math.min(maxInputBytes, program.maxInputBytes));
      const run = await executor.run({ program, input, ...limits, signal: gone.signal });
      metrics.tasks.inc({ outcome: run.outcome });
      metrics.seconds.observe(run.elapsedMs / 1_000);
      answer(response, run);
    } finally {
      underWay--;
      if (underWay === 0) onIdle();
    }
  }

  function answer(response: Response, run: TaskRun): void {
    const bytes = run.outcome === Outcome.ok ? run.bytes : new Uint8Array();
    response.writeHead(200, {
      [OUTCOME_HEADER]: run.outcome,
      "content-type": "application/octet-stream",
      "content-length": bytes.length,
    });
    response.end(bytes);
  }

  async function route(request: Request, response: Response): Promise<void> {
    const { method, url: path = "/" } = request;
    if (method === "GET" && path === PATHS.health) {
      return json(response, isDraining ? 503 : 200, { alive: true, draining: isDraining });
    }
    if (!mayAsk(request.headers.authorization)) {
      throw new RefusedError(401, "UNAUTHORIZED", "The token is missing or wrong.");
    }
    if (method === "POST" && path.startsWith(PATHS.programs))
      return runTask(request, response, path);
    if (method === "PUT" && path.startsWith(PATHS.programs)) {
      await programs.put(
        path.slice(PATHS.programs.length),
        await readBody(request, MAX_PROGRAM_BYTES),
      );
      response.writeHead(204);
      response.end();
      return;
    }
    if (method === "GET" && path === PATHS.host) {
      const info: HostInfo = { runner: 1, processes: executor.processes, maxInputBytes };
      return json(response, 200, info);
    }
    if (method === "GET" && path === PATHS.metrics) {
      metrics.underWay.set(underWay);
      metrics.programs.set(programs.bytes);
      metrics.draining.set(isDraining ? 1 : 0);
      response.writeHead(200, { "content-type": metrics.registry.contentType });
      response.end(await metrics.registry.metrics());
      return;
    }
    throw new RefusedError(
      404,
      "NOT_FOUND",
      `There is nothing here: see ${PATHS.health}, ${PATHS.metrics}.`,
    );
  }

  function refuse(request: Request, response: Response, error: unknown): void {
    const { status, code, message } =
      error instanceof RefusedError
        ? error
        : {
            status: 500,
            code: "TROUBLE" as const,
            message: "This host could not determine the outcome.",
          };
    metrics.refused.inc({ code });
    if (response.headersSent) return void response.destroy();
    const refusal: Refusal = { code, message };
    // What is left of a body is not read: the connection is of no more use.
    const isUnread = !request.complete && request.httpVersionMajor === 1;
    json(response, status, refusal, isUnread ? { connection: "close" } : {});
  }

  const listener: Listener = await listen(
    (request, response) => {
      route(request, response as Response).catch((error) =>
        refuse(request, response as Response, error),
      );
    },
    { host, port, tls, maxConnections },
  ).catch(async (error) => {
    await executor.close();
    throw error;
  });

  let closed: Promise<void> | undefined;
  async function drain(): Promise<void> {
    isDraining = true;
    if (underWay > 0) await new Promise<void>((resolve) => (onIdle = resolve));
    await listener.close();
    await executor.close();
  }
  return {
    url: listener.url,
    close() {
      closed ??= drain();
      return closed;
    },
  };
}

function json(response: Response, status: number, value: unknown, headers = {}): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    ...{ "content-type": "application/json", "cache-control": "no-store" },
    ...{ "content-length": Buffer.byteLength(body), ...headers },
  });
  response.end(body);
}

/** @throws {@link RefusedError} */
function limitsIn(query: string): { maxSteps: bigint; maxResultBytes: number } {
  const values = new URLSearchParams(query);
  const [steps = "", bytes = ""] = [
    values.get("maxSteps") ?? "",
    values.get("maxResultBytes") ?? "",
  ];
  if (!/^\d{1,20}$/.test(steps) || !/^\d{1,10}$/.test(bytes)) {
    throw new RefusedError(400, "BAD_REQUEST", "maxSteps and maxResultBytes are whole numbers.");
  }
  return { maxSteps: BigInt(steps), maxResultBytes: Number(bytes) };
}
