/**
 * Makes an entry the newest of a map, and forgets the oldest one beyond `most`: strangers who come and go must not fill the memory.
 * @param isSpare - what is forgotten before anything else, however new: a crowd of strangers must not push out what matters. It is asked
 * of the oldest entries first, and only when a new one has come and the map is full.
 * @returns the entry that was forgotten.
 */
export function remember<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  most: number,
  isSpare: (value: Value, key: Key) => boolean = () => true,
): [Key, Value] | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  let [forgotten] = map;
  for (const entry of map) {
    if (!isSpare(entry[1], entry[0])) continue;
    forgotten = entry;
    break;
  }
  if (forgotten !== undefined) map.delete(forgotten[0]);
  return forgotten;
}
