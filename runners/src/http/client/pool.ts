import { abortable } from "@assay/sdk/concurrency";
import type { Choose } from "./balance.ts";
import { HostsUnfitError } from "./errors.ts";
import { createHost, type Host, type HostParts } from "./host.ts";

/** Hosts, whoever comes and goes, and who waits for one with room. */
export interface HostPool {
  readonly hosts: readonly Host[];
  add(url: string): void;
  remove(url: string): Promise<void>;
  /**
   * Waits for a host that is up, has room and is none of `except`.
   *
   * @throws {@link HostsUnfitError} once there has been none that is up for the pool's patience.
   */
  take(except: ReadonlySet<Host>, signal: AbortSignal): Promise<Host>;
  /** The same, at once or not at all. */
  takeNow(except: ReadonlySet<Host>): Host | undefined;
  /** Asks those that nobody has asked yet. @throws {@link HostsUnfitError} when fewer than `needed` can be used. */
  ready(needed: number, signal: AbortSignal | undefined): Promise<void>;
  close(): Promise<void>;
}

export function createHostPool(
  urls: readonly string[],
  {
    choose,
    patienceMs,
    ...parts
  }: Omit<HostParts, "onChange"> & {
    choose: Choose;
    /** How long to wait for a host that is up, in milliseconds. */
    patienceMs: number;
  },
): HostPool {
  const hosts = new Map<string, Host>();
  const probing = new Set<Promise<unknown>>();
  let change = Promise.withResolvers<void>();

  const onChange = () => {
    change.resolve();
    change = Promise.withResolvers();
  };

  function add(url: string): void {
    const name = nameOf(url);
    if (hosts.has(name)) return;
    const host = createHost(name, { ...parts, onChange });
    hosts.set(name, host);
    const asked = host
      .probe()
      .catch(() => {})
      .finally(() => probing.delete(asked));
    probing.add(asked);
  }

  const unfit = (needed: number) =>
    new HostsUnfitError(
      needed,
      [...hosts.values()]
        .filter(({ isUp }) => !isUp)
        .map(({ state }) => ({ host: state.host, problem: state.problem ?? "is not up" })),
    );

  function takeNow(except: ReadonlySet<Host>): Host | undefined {
    const able = [...hosts.values()].filter(
      (host) => host.isUp && host.hasRoom && !except.has(host),
    );
    return choose(able);
  }

  for (const url of urls) add(url);
  return {
    get hosts() {
      return [...hosts.values()];
    },
    add,
    async remove(url) {
      const name = nameOf(url);
      const host = hosts.get(name);
      hosts.delete(name);
      await host?.close();
      onChange();
    },
    takeNow,
    async take(except, signal) {
      let since = performance.now();
      for (;;) {
        signal.throwIfAborted();
        const host = takeNow(except);
        if (host !== undefined) return host;
        const others = [...hosts.values()].filter((one) => !except.has(one));
        if (others.some(({ isUp }) => isUp)) since = performance.now();
        const canCome = others.some(({ state }) => state.state !== "left-out");
        const leftMs = canCome ? since + patienceMs - performance.now() : 0;
        if (leftMs <= 0) throw unfit(1 + except.size);
        const patience = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(leftMs))]);
        await abortable(change.promise, patience).catch(() => signal.throwIfAborted());
      }
    },
    async ready(needed, signal) {
      await abortable(Promise.all(probing), signal);
      if ([...hosts.values()].filter(({ isUp }) => isUp).length < needed) throw unfit(needed);
    },
    async close() {
      await Promise.all([...hosts.values()].map((host) => host.close()));
      hosts.clear();
    },
  };
}

/** @throws RangeError for what is no URL of a host. */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed.href.replace(/\/$/, "");
  throw new RangeError(`"${url}" is no host: give a URL such as http://10.0.0.5:8787`);
}
