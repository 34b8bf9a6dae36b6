/** The tensor at an index of the graph; every index that a layer holds was given by the graph itself. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no ${index} of ${list.length}`);
  return item;
}
