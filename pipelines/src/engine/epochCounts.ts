/** Numbers by epoch. Most of the time there is one epoch, so that one needs no table. */
export class EpochCounts {
  #epoch = Number.NaN;
  #count = 0;
  #others: Map<number, number> | undefined;

  /** @returns the new number. */
  add(epoch: number, by: number): number {
    if (this.#count === 0 && !this.#others?.has(epoch)) this.#epoch = epoch;
    if (epoch === this.#epoch) {
      this.#count += by;
      return this.#count;
    }
    this.#others ??= new Map();
    const count = (this.#others.get(epoch) ?? 0) + by;
    if (count === 0) this.#others.delete(epoch);
    else this.#others.set(epoch, count);
    return count;
  }

  get(epoch: number): number {
    return epoch === this.#epoch ? this.#count : (this.#others?.get(epoch) ?? 0);
  }

  get isEmpty(): boolean {
    return this.#count === 0 && (this.#others === undefined || this.#others.size === 0);
  }
}
