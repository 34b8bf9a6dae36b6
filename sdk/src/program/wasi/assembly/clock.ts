import { ERRNO, START } from "./wasi";
import { pollDescriptor, readable } from "./descriptors";

const LAST_CLOCK: u32 = 3;

/** All clocks show `START` and this. Only waiting moves them. */
let waited: u64 = 0;

export function clock_res_get(clock: u32, resolution: usize): i32 {
  if (clock > LAST_CLOCK) return ERRNO.INVAL;
  store<u64>(resolution, 1);
  return ERRNO.SUCCESS;
}

export function clock_time_get(clock: u32, precision: u64, time: usize): i32 {
  if (clock > LAST_CLOCK) return ERRNO.INVAL;
  store<u64>(time, START + waited);
  return ERRNO.SUCCESS;
}

const SUBSCRIPTION_BYTES: usize = 48;
const EVENT_BYTES: usize = 32;
const CLOCK_EVENT: u8 = 0;
const READ_EVENT: u8 = 1;
const ABSOLUTE: u16 = 1;

/** When a subscription to a clock is due. */
function deadlineOf(subscription: usize): u64 {
  const timeout = load<u64>(subscription, 24);
  if (load<u16>(subscription, 40) & ABSOLUTE) return timeout;
  const now = START + waited;
  return timeout > u64.MAX_VALUE - now ? u64.MAX_VALUE : now + timeout;
}

/** Streams and files are always ready. If only clocks are waited for, their time is come at once. */
export function poll_oneoff(subscriptions: usize, events: usize, count: u32, eventCount: usize): i32 {
  if (count == 0) return ERRNO.INVAL;
  let earliest = u64.MAX_VALUE;
  let isReady = false;
  for (let i: u32 = 0; i < count; i++) {
    const subscription = subscriptions + <usize>i * SUBSCRIPTION_BYTES;
    if (load<u8>(subscription, 8) == CLOCK_EVENT && load<u32>(subscription, 16) <= LAST_CLOCK) {
      earliest = min(earliest, deadlineOf(subscription));
    } else {
      isReady = true;
    }
  }
  const before = START + waited;
  const now = isReady ? before : max(before, earliest);
  waited = now - START;

  let event = events;
  for (let i: u32 = 0; i < count; i++) {
    const subscription = subscriptions + <usize>i * SUBSCRIPTION_BYTES;
    const kind = load<u8>(subscription, 8);
    let error = ERRNO.SUCCESS;
    let ready: u64 = 0;
    if (kind != CLOCK_EVENT) {
      const fd = load<u32>(subscription, 16);
      error = pollDescriptor(fd);
      if (error == ERRNO.SUCCESS && kind == READ_EVENT) ready = readable(fd);
    } else if (load<u32>(subscription, 16) > LAST_CLOCK) {
      error = ERRNO.INVAL;
    } else {
      const timeout = load<u64>(subscription, 24);
      const isAbsolute = (load<u16>(subscription, 40) & ABSOLUTE) != 0;
      // From where the clock stood when the wait began.
      if (isAbsolute ? timeout > now : timeout > now - before) continue;
    }
    const userdata = load<u64>(subscription);
    memory.fill(event, 0, EVENT_BYTES);
    store<u64>(event, userdata);
    store<u16>(event, <u16>error, 8);
    store<u8>(event, kind, 10);
    store<u64>(event, ready, 16);
    event += EVENT_BYTES;
  }
  store<u32>(eventCount, <u32>((event - events) / EVENT_BYTES));
  return ERRNO.SUCCESS;
}
