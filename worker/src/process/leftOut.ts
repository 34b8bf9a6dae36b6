// What leanModules.ts puts in the place of Helia's defaults.

export function withHTTP(): never {
  throw new TypeError("Helia's HTTP gateways are not part of a node");
}

export function libp2pDefaults(): never {
  throw new TypeError("Helia's own libp2p host is not part of a node");
}
