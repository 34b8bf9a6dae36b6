/** A picture as a model takes it. */
export interface NamedImage {
  name: string;
  /** Channels × rows × columns, 0 to 255. */
  planes: Uint8Array;
  /** The class, where it is known. */
  label?: number;
}
