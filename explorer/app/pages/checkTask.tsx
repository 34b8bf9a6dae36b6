import {
  type Execution,
  getBytes,
  isResultOf,
  jobDefaults,
  type PostedJob,
  type ResultEntry,
} from "@assay/sdk";
import { useRef, useState } from "preact/hooks";
import type { BatchResults } from "../job/useResults.ts";
import { useMarket } from "../market/market.ts";
import { Problem } from "../parts/notes.tsx";
import { State } from "../parts/shapes.tsx";
import { runTask } from "../run/runTask.ts";
import { Viewer } from "../view/viewer.tsx";
import { ChallengeTask } from "../wallet/challengeTask.tsx";

const MOST_PROGRAM_BYTES = 16 << 20;

/** What came out, when it was run here, and whether the worker said the same. */
export interface Checked {
  agrees: boolean;
  execution: Execution;
}

/** Runs the task again in this browser, and compares. What came out otherwise can be challenged. */
export function CheckTask({
  job,
  results,
  entry,
  input,
}: {
  job: PostedJob;
  results: BatchResults;
  entry: ResultEntry & { position: number };
  input: Uint8Array;
}) {
  const { client } = useMarket();
  const [checked, setChecked] = useState<Checked>();
  const [error, setError] = useState<unknown>();
  const [isRunning, setRunning] = useState(false);
  const stop = useRef(new AbortController());

  async function run(): Promise<void> {
    if (client.content === undefined) return;
    stop.current = new AbortController();
    const { signal } = stop.current;
    setError(undefined);
    setRunning(true);
    try {
      const { program, maxResultBytes = jobDefaults.maxResultBytes, maxSteps } = job.spec;
      const options = { maxBytes: MOST_PROGRAM_BYTES, signal };
      const wasm = await getBytes(client.content, program, options);
      const execution = await runTask({ wasm, input, maxResultBytes, maxSteps }, signal);
      setChecked({
        execution,
        agrees: await isResultOf(client.content, entry, execution, { signal }),
      });
    } catch (problem) {
      if (!signal.aborted) setError(problem);
    } finally {
      setRunning(false);
    }
  }

  return (
    <div class="check">
      {checked === undefined ? (
        <p class="faint">
          Run the task again in this browser, under the job's limits, and compare.
        </p>
      ) : (
        <p role="status">
          <State kind={checked.agrees ? "ok" : "wrong"}>
            {checked.agrees ? "The same came out here" : "Something else came out here"}
          </State>
        </p>
      )}
      {error !== undefined && <Problem error={error} what="It could not be run." />}
      <button
        type="button"
        class="quiet"
        onClick={() => (isRunning ? stop.current.abort() : void run())}
      >
        {isRunning ? "Stop" : checked === undefined ? "Run it here" : "Run it again"}
      </button>
      {checked !== undefined && !checked.agrees && (
        <>
          {checked.execution.outcome === "ok" && (
            <Viewer bytes={checked.execution.bytes} name="result of this browser" />
          )}
          <ChallengeTask job={job} results={results} entry={entry} execution={checked.execution} />
        </>
      )}
    </div>
  );
}
