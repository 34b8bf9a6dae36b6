import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { AUTHORITATIVE_ANSWER, decode, encode } from "dns-packet";

/** Seconds that an answer holds: as a headless service's. */
const TTL_SECONDS = 5;
/** Answers that fit a datagram without extensions. */
const MOST = 24;

/** A DNS server for one name that stands for several machines, as that of a headless service in a cluster. */
export interface NameServer extends AsyncDisposable {
  /** `host:port` of its UDP socket. */
  address: string;
  name: string;
  /** The IPv4 addresses behind the name; as they change, so do the answers. */
  readonly hosts: Set<string>;
  /** Questions about the name that were answered. */
  readonly answered: number;
}

/** Answers on loopback with one A record a host, in another order each time; of many, with some. What else is asked is not known. */
export async function startNameServer(name: string): Promise<NameServer> {
  const hosts = new Set<string>();
  let answered = 0;
  const socket = createSocket("udp4");
  socket.on("message", (message, { port, address }) => {
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    const isKnown = question?.name === name;
    const all = [...hosts];
    const first = answered % Math.max(1, all.length);
    const some = [...all.slice(first), ...all.slice(0, first)].slice(0, MOST);
    if (isKnown) answered++;
    const packet = encode({
      ...{ type: "response", id, questions },
      flags: AUTHORITATIVE_ANSWER | (isKnown ? 0 : NAME_UNKNOWN),
      answers:
        isKnown && question.type === "A"
          ? some.map((data) => ({ type: "A", name, ttl: TTL_SECONDS, data }))
          : [],
    });
    socket.send(packet, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { address, port } = socket.address() as AddressInfo;
  return {
    ...{ address: `${address}:${port}`, name, hosts },
    get answered() {
      return answered;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** NXDOMAIN. */
const NAME_UNKNOWN = 3;
