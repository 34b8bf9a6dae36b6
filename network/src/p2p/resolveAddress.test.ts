import { multiaddr } from "@multiformats/multiaddr";
import { expect, test } from "vitest";
import { type Names, resolveAddress } from "./resolveAddress.ts";

const id = "12D3KooWDCymEFDaUvXJ4Pz8VGDkUZAVsyPKZcTKAy2iYYqpKFmC";
const other = "12D3KooWQq8C77FxNzbPhccnRVQR24kNzBbKkxpcHxBCJqjTKWPV";

/** A zone of names; what is not in it is not known. */
const zone: Names = {
  async lookup(host, family) {
    if (host !== "peers.example") throw new Error("ENOTFOUND");
    const all = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];
    return all.filter((ip) => family === 0 || ip.includes(":") === (family === 6));
  },
  async texts(name) {
    const records: Record<string, string[]> = {
      "_dnsaddr.net.example": [
        `dnsaddr=/ip4/192.0.2.9/tcp/4001/p2p/${id}`,
        `dnsaddr=/dnsaddr/more.example`,
        "v=spf1 -all",
      ],
      "_dnsaddr.more.example": [`dnsaddr=/dns4/peers.example/tcp/4001/p2p/${other}`],
      "_dnsaddr.loop.example": ["dnsaddr=/dnsaddr/loop.example"],
      "_dnsaddr.wrong.example": ["dnsaddr=no address"],
    };
    const found = records[name];
    if (found === undefined) throw new Error("ENODATA");
    return found;
  },
};

test.each([
  ["/ip4/192.0.2.7/tcp/1", ["/ip4/192.0.2.7/tcp/1"]],
  ["/dns4/peers.example/tcp/4001", ["/ip4/192.0.2.1/tcp/4001", "/ip4/192.0.2.2/tcp/4001"]],
  ["/dns6/peers.example/tcp/4002/ws", ["/ip6/2001:db8::1/tcp/4002/ws"]],
  [
    `/dns/peers.example/tcp/1/p2p/${id}`,
    [
      `/ip4/192.0.2.1/tcp/1/p2p/${id}`,
      `/ip4/192.0.2.2/tcp/1/p2p/${id}`,
      `/ip6/2001:db8::1/tcp/1/p2p/${id}`,
    ],
  ],
  ["/dns4/unknown.example/tcp/1", []],
  [
    "/dnsaddr/net.example",
    [
      `/ip4/192.0.2.9/tcp/4001/p2p/${id}`,
      `/ip4/192.0.2.1/tcp/4001/p2p/${other}`,
      `/ip4/192.0.2.2/tcp/4001/p2p/${other}`,
    ],
  ],
  [`/dnsaddr/net.example/p2p/${id}`, [`/ip4/192.0.2.9/tcp/4001/p2p/${id}`]],
  ["/dnsaddr/loop.example", []],
  ["/dnsaddr/wrong.example", []],
  ["/dnsaddr/unknown.example", []],
])("%s stands for %j", async (address, expected) => {
  const found = await resolveAddress(multiaddr(address), zone);
  expect(found.map(String)).toEqual(expected);
});
