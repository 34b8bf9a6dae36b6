import { randomInt } from "node:crypto";
import { remember } from "../recent/remember.ts";
import type { Author } from "./admission.ts";
import {
  COLLECT_MS,
  MOST_AUTHORS,
  MOST_STRANGERS_PRESENT,
  PRESENCE_MISSES,
  PRESENCE_MS,
} from "./limits.ts";
import type { Presence } from "./message.ts";

/** What a peer last said of itself. */
export interface PeerPresence extends Presence {
  author: Author;
}

export interface Presences {
  /** Peers that were heard of lately, without this one. */
  readonly all: readonly PeerPresence[];
  /** What this peer says of itself from now on: at once, whenever it changes, and from time to time. */
  tell(presence: Presence): void;
  hear(author: Author, presence: Presence): void;
  /** Somebody is there who may not know of this peer. */
  greet(): void;
  close(): void;
}

/** Milliseconds between two messages of a peer that knows of so many others, and has nothing new to say. */
export function presenceIntervalMs(others: number): number {
  return Math.max(PRESENCE_MS.atLeast, others * PRESENCE_MS.each);
}

/**
 * Who is there. The more peers, the less often each of them speaks, so that all together stay below ten messages a second.
 * @param say - publishes this peer's presence.
 * @param now - a clock in milliseconds.
 */
export function createPresences({
  say,
  onChange = () => {},
  now = () => performance.now(),
}: {
  say: (presence: Presence) => Promise<void>;
  onChange?: ((presence: PeerPresence, isThere: boolean) => void) | undefined;
  now?: () => number;
}): Presences {
  const heard = new Map<string, { presence: PeerPresence; at: number }>();
  /** Those with nothing behind them: any number of them can be made up. */
  const strangers: typeof heard = new Map();
  let own: Presence | undefined;
  let soon: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;
  let saidAt = Number.NEGATIVE_INFINITY;

  const others = () => heard.size + strangers.size;
  const intervalMs = () => presenceIntervalMs(others());

  function sayIt(): void {
    clearTimeout(later);
    soon = undefined;
    saidAt = now();
    if (own === undefined) return;
    // Nobody listens yet, or the node is stopping: the next one will do.
    say(own).catch(() => {});
    later = setTimeout(sayIt, intervalMs());
    later.unref();
  }

  function forget(): void {
    const before = now() - PRESENCE_MISSES * intervalMs();
    for (const map of [heard, strangers]) {
      for (const [peerId, { presence, at }] of map) {
        if (at >= before) continue;
        map.delete(peerId);
        onChange(presence, false);
      }
    }
  }

  /** In a large network a newcomer hears of the others as they speak anyway. */
  function greet(): void {
    if (own === undefined || soon !== undefined || others() > PRESENCE_MS.answersBelow) return;
    soon = setTimeout(sayIt, COLLECT_MS + randomInt(PRESENCE_MS.answer));
    soon.unref();
  }

  return {
    get all() {
      forget();
      return [...heard.values(), ...strangers.values()].map(({ presence }) => presence);
    },
    tell(presence) {
      const isSame = own !== undefined && JSON.stringify(own) === JSON.stringify(presence);
      own = presence;
      if (isSame || soon !== undefined) return;
      const waitMs = saidAt + PRESENCE_MS.betweenChanges - now();
      soon = setTimeout(sayIt, Math.max(COLLECT_MS, waitMs));
      soon.unref();
    },
    hear(author, presence) {
      const { peerId, standing } = author;
      const isNew = !heard.delete(peerId) && !strangers.delete(peerId);
      const entry = { presence: { ...presence, author }, at: now() };
      if (standing > 0) remember(heard, peerId, entry, MOST_AUTHORS);
      else remember(strangers, peerId, entry, MOST_STRANGERS_PRESENT);
      if (!isNew) return;
      onChange({ ...presence, author }, true);
      greet();
    },
    greet,
    close() {
      clearTimeout(soon);
      clearTimeout(later);
    },
  };
}
