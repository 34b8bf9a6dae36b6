/** Work that is done once for all reasons that came up since it was last begun. */
export interface Due {
  /** Notes a reason. One that comes up while the work is under way makes it due again. */
  mark(): void;
  /** Does the work if it is due. It stays due if it fails. */
  settle(work: () => Promise<void>): Promise<void>;
}

export function createDue({ isDue }: { isDue: boolean }): Due {
  return {
    mark() {
      isDue = true;
    },
    async settle(work) {
      if (!isDue) return;
      isDue = false; // before the work begins, which does not see what comes up from now on
      try {
        await work();
      } catch (error) {
        isDue = true;
        throw error;
      }
    },
  };
}
