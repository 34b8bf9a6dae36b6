import type { ContentRouting, Startable } from "@libp2p/interface";
import type { ReachComponents } from "./components.ts";
import { serviceKey } from "./services.ts";

/** How soon an announcement that reached nobody is made again, in milliseconds. */
const RETRY_MS = 5_000;
/** How soon one that reached somebody is made again, in milliseconds: peers that hold the records leave, and closer ones arrive. */
const REPEAT_MS = 30 * 60_000;
/** How long one announcement may take, in milliseconds. */
const PROVIDE_MS = 20_000;

export interface ServiceAnnouncerInit {
  /** Names of the services. */
  services: readonly string[];
  /** Whether others can use the peer for a service at the moment. */
  mayAnnounce: (service: string) => boolean;
  routing: () => ContentRouting;
}

/** A service of the libp2p host: tells the DHT what the peer does for others, and goes on telling it. */
export class ServiceAnnouncer implements Startable {
  readonly #init: ServiceAnnouncerInit;
  readonly #stopped = new AbortController();
  readonly #announcedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #addresses = "";

  constructor(components: ReachComponents, init: ServiceAnnouncerInit) {
    this.#init = init;
    components.events.addEventListener("self:peer:update", ({ detail }) => {
      const addresses = detail.peer.addresses.map(({ multiaddr }) => `${multiaddr}`).sort();
      if (addresses.join() === this.#addresses) return;
      this.#addresses = addresses.join();
      // The records hold the addresses.
      this.#announcedAt.clear();
      this.#announceAll();
    });
    components.events.addEventListener("peer:identify", () => this.#announceAll());
  }

  start(): void {}

  afterStart(): void {
    if (this.#init.services.length === 0) return;
    this.#timer = setInterval(() => this.#announceAll(), RETRY_MS);
    this.#timer.unref();
    this.#announceAll();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  #announceAll(): void {
    if (this.#timer === undefined || this.#running !== undefined || this.#stopped.signal.aborted)
      return;
    const { services, mayAnnounce } = this.#init;
    const due = services.filter(
      (service) =>
        Date.now() >= (this.#announcedAt.get(service) ?? 0) + REPEAT_MS && mayAnnounce(service),
    );
    if (due.length === 0) return;
    this.#running = Promise.all(due.map((service) => this.#announce(service)))
      .then(() => {})
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #announce(service: string): Promise<void> {
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(PROVIDE_MS)]);
    try {
      await this.#init.routing().provide(serviceKey(service), { signal });
      this.#announcedAt.set(service, Date.now());
    } catch {
      // No peer of the DHT was reached: it is tried again soon.
    }
  }
}
