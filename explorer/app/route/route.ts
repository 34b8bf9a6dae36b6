import { useSyncExternalStore } from "preact/compat";

/** The parts of the address behind `#/`, decoded. */
export function useRoute(): string[] {
  return partsOf(useSyncExternalStore(onRoute, () => location.hash));
}

function onRoute(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

function partsOf(hash: string): string[] {
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

export const jobPath = (jobId: string) => `#/jobs/${jobId}`;
export const batchPath = (jobId: string, batch: number) => `${jobPath(jobId)}/batches/${batch}`;
export const taskPath = (jobId: string, task: number) => `${jobPath(jobId)}/tasks/${task}`;
export const disputePath = (jobId: string, batch: number, id: string) =>
  `${batchPath(jobId, batch)}/disputes/${id}`;
export const accountPath = (address: string) => `#/accounts/${address}`;
