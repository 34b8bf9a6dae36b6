export interface AbortOptions {
  signal?: AbortSignal | undefined;
}
