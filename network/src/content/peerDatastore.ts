import { LevelDatastore } from "datastore-level";

/**
 * The peer's key, address book and DHT records in LevelDB, which after one write that failed, as on a full disk, refuses all that come
 * until it is opened anew. Here that is done at the next write, so that a peer whose disk has room again knows whom it meets.
 */
export class PeerDatastore extends LevelDatastore {
  #reopening: Promise<void> | undefined;
  #isClosed = false;

  override put(...args: Parameters<LevelDatastore["put"]>): ReturnType<LevelDatastore["put"]> {
    return this.#write(() => super.put(...args));
  }

  override delete(
    ...args: Parameters<LevelDatastore["delete"]>
  ): ReturnType<LevelDatastore["delete"]> {
    return this.#write(() => super.delete(...args));
  }

  override batch(): ReturnType<LevelDatastore["batch"]> {
    const batch = super.batch();
    return { ...batch, commit: (options) => this.#write(async () => batch.commit(options)) };
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reopening?.catch(() => {});
    await super.close();
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (this.#isClosed) throw error;
      this.#reopening ??= this.#reopen().finally(() => {
        this.#reopening = undefined;
      });
      await this.#reopening.catch(() => {
        throw error;
      });
      return write();
    }
  }

  async #reopen(): Promise<void> {
    await this.db.close();
    await this.open();
  }
}
