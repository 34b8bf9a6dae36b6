/**
 * Makes an entry the newest of a map, and forgets the oldest one beyond `most`: strangers who come and go must not fill the memory.
 * @returns the entry that was forgotten.
 */
export function remember<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  most: number,
): [Key, Value] | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  const [oldest] = map;
  if (oldest !== undefined) map.delete(oldest[0]);
  return oldest;
}
