import { Outcome } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { type Dispatcher, H2CClient, Pool } from "undici";
import type { CheckedProgram } from "../../runner/checkedProgram.ts";
import type { TaskLimits } from "../../runner/limits.ts";
import type { TaskEnd } from "../../runner/runner.ts";
import {
  type HostInfo,
  OUTCOME_HEADER,
  PATHS,
  type Refusal,
  type RefusalCode,
} from "../wire/wire.ts";
import { HostFailedError } from "./errors.ts";

/** A host that says nothing of use in so many bytes says nothing of use. */
const MAX_REFUSAL_BYTES = 4_096;
/** A host says what it is within so many milliseconds… */
const PROBE_MS = 10_000;
/** …and has taken a program, which may have 16 MiB, and which it checks. */
const SEND_MS = 120_000;
const OUTCOMES: readonly string[] = Object.values(Outcome);

export interface ConnectionOptions {
  token: string | undefined;
  /** Connections at a time; with HTTP/2, streams over one. */
  depth: number;
  http2: boolean;
  /** Certificates that are trusted beside the system's, PEM. */
  ca: string | Buffer | undefined;
  /** Longest wait for a task's answer, in milliseconds. */
  timeoutMs: number;
}

/** One task as it is asked of any host. */
export interface HostTask {
  program: CheckedProgram;
  wasm: Uint8Array;
  limits: TaskLimits;
  input: Uint8Array;
}

/** A host's HTTP side: no policy, one question and its answer. */
export interface Connection {
  /** @throws {@link HostFailedError}; with the reason `UNAUTHORIZED` when it does not know the token. */
  probe(): Promise<HostInfo>;
  /** @throws {@link HostFailedError}, and the signal's own reason. */
  run(task: HostTask, signal: AbortSignal): Promise<TaskEnd>;
  close(): Promise<void>;
}

export function connect(
  url: string,
  { token, depth, http2, ca, timeoutMs }: ConnectionOptions,
): Connection {
  const { origin, protocol } = new URL(url);
  const times = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: PROBE_MS };
  const dispatcher: Dispatcher =
    http2 && protocol === "http:"
      ? new H2CClient(origin, { ...times, maxConcurrentStreams: depth, pipelining: depth })
      : new Pool(origin, {
          ...times,
          ...(http2 ? { connections: 1, pipelining: depth } : { connections: depth }),
          allowH2: http2,
          connect: ca === undefined ? {} : { ca },
        });
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  /** Programs that the host has, or is being given. */
  const sent = new Map<string, Promise<void>>();

  /**
   * One question and its answer, read to its end by `read`. The libraries' time limits are between two bytes: a host that gives one now and
   * then would never be too late.
   *
   * @throws {@link HostFailedError}, and the signal's own reason.
   */
  async function ask<T>(
    request: Omit<Dispatcher.RequestOptions, "origin" | "headers" | "signal">,
    limitMs: number,
    read: (response: Dispatcher.ResponseData) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooLate(limitMs)), limitMs);
    const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    let response: Dispatcher.ResponseData | undefined;
    try {
      response = await dispatcher.request({ ...request, headers: authorization, signal: either });
      return await read(response);
    } catch (error) {
      // What is left of it may be endless.
      response?.body.on("error", () => {}).destroy();
      if (either.aborted) throw either.reason;
      if (error instanceof HostFailedError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const options = { cause: error };
      throw new HostFailedError(url, `does not answer (${code ?? message})`, undefined, options);
    } finally {
      clearTimeout(timer);
    }
  }

  const tooLate = (limitMs: number) =>
    new HostFailedError(url, `does not answer (not within ${limitMs} ms)`);

  async function refused({ statusCode, body }: Dispatcher.ResponseData): Promise<HostFailedError> {
    const said = await readLimited(body, MAX_REFUSAL_BYTES).catch(() => new Uint8Array());
    const { code, message } = refusalIn(said);
    return new HostFailedError(
      url,
      `refused (${code ?? statusCode}): ${message ?? "it said nothing"}`,
      code,
    );
  }

  function send({ program, wasm }: HostTask): Promise<void> {
    const request = { method: "PUT", path: `${PATHS.programs}${program.id}`, body: wasm } as const;
    return ask(request, SEND_MS, async (response) => {
      if (response.statusCode !== 204) throw await refused(response);
      await response.body.dump();
    });
  }

  function ensureSent(task: HostTask): Promise<void> | undefined {
    const { id } = task.program;
    if (sent.has(id)) return sent.get(id);
    const sending = send(task);
    sent.set(id, sending);
    sending.catch(() => sent.delete(id));
    return sending;
  }

  async function run(task: HostTask, signal: AbortSignal, isAgain = false): Promise<TaskEnd> {
    const sending = ensureSent(task);
    if (sending !== undefined) await abortable(sending, signal);
    signal.throwIfAborted();
    const { maxSteps, maxResultBytes } = task.limits;
    const query = `?maxSteps=${maxSteps}&maxResultBytes=${maxResultBytes}`;
    const path = `${PATHS.programs}${task.program.id}${PATHS.tasks}${query}`;
    const request = { method: "POST", path, body: task.input } as const;
    try {
      return await ask(
        request,
        timeoutMs,
        async (response) => {
          if (response.statusCode !== 200) throw await refused(response);
          return endOf(response, maxResultBytes);
        },
        signal,
      );
    } catch (error) {
      const isUnknown = error instanceof HostFailedError && error.reason === "PROGRAM_UNKNOWN";
      if (!isUnknown || isAgain) throw error;
      sent.delete(task.program.id); // it was started anew, or has had too many others since
      return run(task, signal, true);
    }
  }

  async function endOf(
    { headers, body }: Dispatcher.ResponseData,
    maxResultBytes: number,
  ): Promise<TaskEnd> {
    const outcome = headers[OUTCOME_HEADER];
    if (typeof outcome !== "string" || !OUTCOMES.includes(outcome)) {
      throw new HostFailedError(url, "gave an answer that is none");
    }
    // An answer that ends with its connection may be half of one: the host may have died.
    if (
      !http2 &&
      headers["content-length"] === undefined &&
      headers["transfer-encoding"] === undefined
    ) {
      throw new HostFailedError(url, "gave an answer of unknown length");
    }
    const bytes = await readLimited(body, maxResultBytes);
    return outcome === Outcome.ok
      ? { outcome, bytes }
      : { outcome: outcome as typeof Outcome.trap | typeof Outcome.overLimit };
  }

  return {
    probe: () =>
      ask({ method: "GET", path: PATHS.host }, PROBE_MS, async (response) => {
        if (response.statusCode !== 200) throw await refused(response);
        const said = parsed(await readLimited(response.body, MAX_REFUSAL_BYTES));
        const info = said as Partial<HostInfo> | null | undefined;
        if (info?.runner !== 1) throw new HostFailedError(url, "is no host of runners");
        return info as HostInfo;
      }),
    run: (task, signal) => run(task, signal),
    close: () => dispatcher.destroy(),
  };
}

/** @throws Error for a body that is longer: it is not read to its end. */
async function readLimited(
  body: Dispatcher.ResponseData["body"],
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`more than the ${maxBytes} bytes that it may give`);
    chunks.push(chunk);
  }
  const [first] = chunks;
  return new Uint8Array(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** What a stranger says, cut to what may be shown. */
function refusalIn(bytes: Uint8Array): { code?: RefusalCode; message?: string } {
  const value = parsed(bytes);
  if (typeof value !== "object" || value === null) return {};
  const { code, message } = value as Partial<Record<keyof Refusal, unknown>>;
  const plain = (text: unknown, most: number) =>
    typeof text === "string" ? text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, most) : undefined;
  const said = { code: plain(code, 32), message: plain(message, 200) };
  return Object.fromEntries(Object.entries(said).filter(([, text]) => text !== undefined));
}
