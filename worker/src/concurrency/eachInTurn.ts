/**
 * Does something for each item, one after the other. A failure does not stop the others. The first failure is thrown at the end.
 * @returns whether anything was done.
 */
export async function eachInTurn<T>(
  items: readonly T[],
  action: (item: T) => Promise<boolean>,
): Promise<boolean> {
  const failures: unknown[] = [];
  let did = false;
  for (const item of items) {
    try {
      if (await action(item)) did = true;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return did;
}
