import { useEffect, useState } from "preact/hooks";

/** The parts of the address behind `#/`, decoded. */
export function useRoute(): string[] {
  const [parts, setParts] = useState(readRoute);
  useEffect(() => {
    const onChange = () => setParts(readRoute());
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return parts;
}

function readRoute(): string[] {
  return location.hash
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
