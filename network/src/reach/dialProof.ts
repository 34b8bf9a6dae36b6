import type { IdentifyResult } from "@libp2p/interface";
import { getNetConfig, isPrivate } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { remember } from "../recent/remember.ts";
import type { ReachComponents } from "./components.ts";

/** Addresses from which a dialler must say the same of an address that we did not know before it is told to others. */
const WITNESSES = 2;
/** Addresses that are watched for witnesses. */
const MOST_WATCHED = 32;

/**
 * Whether somebody could open a connection to one of the peer's own public addresses, and to which.
 *
 * Two things show it: AutoNAT, by which others dial such an address on request, and connections that arrive. The one who opened it says
 * which address it dialled (identify's observed address).
 */
export class DialProof {
  readonly #components: ReachComponents;
  readonly #announced: readonly Multiaddr[];
  readonly #proven = new Set<string>();
  readonly #witnesses = new Map<string, Set<string>>();
  /** Called after each arrival. */
  onArrival: () => void = () => {};

  constructor(components: ReachComponents, announced: readonly Multiaddr[]) {
    this.#components = components;
    this.#announced = announced.map(withoutPeer);
    components.events.addEventListener("peer:identify", ({ detail }) => this.#arrived(detail));
  }

  /** Asks AutoNAT to try the announced addresses. */
  start(): void {
    for (const address of this.#announced) this.#components.addressManager.addObservedAddr(address);
  }

  /** Whether others can dial an address that is told to them. */
  get isProven(): boolean {
    if (this.#proven.size > 0) return true;
    const isTold = ({ multiaddr: address }: { multiaddr: Multiaddr }) =>
      this.#announced.length === 0 ||
      this.#announced.some((one) => one.equals(withoutPeer(address)));
    return this.#components.addressManager
      .getAddressesWithMetadata()
      .some((address) => address.verified && isPublic(address.multiaddr) && isTold(address));
  }

  #arrived({ connection, observedAddr }: IdentifyResult): void {
    if (connection.direction !== "inbound" || connection.limits !== undefined) return;
    const dialled = observedAddr === undefined ? undefined : withoutPeer(observedAddr);
    if (dialled === undefined) return;
    if (this.#announced.some((address) => address.equals(dialled))) {
      this.#proven.add(dialled.toString());
    } else if (isPublic(dialled) && isPublic(connection.remoteAddr)) {
      this.#confirm(dialled, getNetConfig(connection.remoteAddr).host);
    }
    this.onArrival();
  }

  #confirm(dialled: Multiaddr, witness: string): void {
    const { addressManager } = this.#components;
    const own = addressManager
      .getAddressesWithMetadata()
      .find(({ multiaddr: address }) => withoutPeer(address).equals(dialled));
    if (own?.verified) return;
    if (own?.type === "transport") {
      addressManager.confirmObservedAddr(own.multiaddr, { type: "transport" });
      return;
    }
    const key = dialled.toString();
    const witnesses = this.#witnesses.get(key) ?? new Set();
    witnesses.add(witness);
    // Whoever makes up addresses, which costs a connection each, must not stop the watch.
    remember(this.#witnesses, key, witnesses, MOST_WATCHED);
    addressManager.addObservedAddr(dialled);
    if (witnesses.size < WITNESSES) return;
    this.#witnesses.delete(key);
    addressManager.confirmObservedAddr(dialled, { type: "observed" });
  }
}

/** Whether an address means a host on the internet, directly. */
export function isPublic(address: Multiaddr): boolean {
  return !address.toString().includes("/p2p-circuit") && !isPrivate(address);
}

function withoutPeer(address: Multiaddr): Multiaddr {
  const text = address.toString();
  const at = text.lastIndexOf("/p2p/");
  return at === -1 ? address : multiaddr(text.slice(0, at));
}
