import { type Address, getAddress, isAddress } from "viem";

/** Where the pages look; see `SiteConfig` of the server. */
export interface Settings {
  rpc: string;
  marketplace: Address;
  proof: Address | undefined;
  jury: Address | undefined;
  deployedAt: bigint;
  /** Base URL of a trustless gateway, without a slash at its end; an empty string is the server of the page. */
  gateway: string | undefined;
  /** Base URL of a node's read-only API. */
  node: string | undefined;
  canStore: boolean;
}

/** What somebody typed, or a link proposes. */
export type Proposal = Partial<Record<"rpc" | "marketplace" | "gateway" | "node", string>>;

const KEY = "assay.settings";

/** The settings of the server, else those that this browser was given; `undefined` if there are none. */
export async function loadSettings(): Promise<Settings | undefined> {
  const served = await fetch("config.json")
    .then((response): unknown => (response.ok ? response.json() : {}))
    .catch(() => ({}));
  return parseSettings(served) ?? parseSettings(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
}

export function parseSettings(value: unknown): Settings | undefined {
  const { rpc, marketplace, proof, jury, deployedAt, gateway, node, canStore } = Object(
    value,
  ) as Record<string, unknown>;
  if (typeof rpc !== "string" || !URL.canParse(rpc)) return undefined;
  const address = addressOf(marketplace);
  if (address === undefined) return undefined;
  return {
    ...{ rpc, marketplace: address },
    proof: addressOf(proof),
    jury: addressOf(jury),
    deployedAt: Number.isSafeInteger(deployedAt) ? BigInt(Number(deployedAt)) : 0n,
    gateway: baseOf(gateway),
    node: baseOf(node),
    canStore: canStore === true,
  };
}

const addressOf = (value: unknown) =>
  typeof value === "string" && isAddress(value, { strict: false }) ? getAddress(value) : undefined;
const baseOf = (value: unknown) =>
  typeof value === "string" ? value.replace(/\/+$/, "") : undefined;

/** What the page's address proposes: `?rpc=…&marketplace=…`. It is only ever filled into the form. */
export function proposed(): Proposal {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Remembers settings in this browser. */
export function keepSettings(proposal: Proposal): void {
  localStorage.setItem(KEY, JSON.stringify(proposal));
}
