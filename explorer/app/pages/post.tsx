import { useState } from "preact/hooks";
import { loadLater } from "../later/load.ts";
import type { Draft } from "../later/postDraft.ts";
import { useMarket } from "../market/market.ts";
import { Title } from "../parts/layout.tsx";
import { Note } from "../parts/notes.tsx";
import { jobPath } from "../route/route.ts";
import { Act } from "../wallet/act.tsx";

/** Posts a job with a wallet. The page's server keeps the blocks: without one that does, somebody else has to. */
export function PostPage() {
  const { settings } = useMarket();
  const [draft, setDraft] = useState<Draft>({
    ...{ program: undefined, inputs: "hello\nworld", reward: "0.001", batchSize: "" },
  });
  const set = (change: Partial<Draft>) => setDraft((draft) => ({ ...draft, ...change }));
  return (
    <>
      <Title title="Post a job" />
      {settings.canStore ? (
        <div class="form">
          <label>
            <span>
              Program <span class="faint">(WebAssembly, from assay program build)</span>
            </span>
            <input
              type="file"
              accept=".wasm,application/wasm"
              onChange={(event) => set({ program: event.currentTarget.files?.[0] })}
            />
          </label>
          <label>
            <span>
              Inputs <span class="faint">(a line is a task)</span>
            </span>
            <textarea
              value={draft.inputs}
              spellcheck={false}
              onInput={(event) => set({ inputs: event.currentTarget.value })}
            />
          </label>
          <div class="pair">
            <label>
              <span>Reward a task, in ETH</span>
              <input
                inputMode="decimal"
                value={draft.reward}
                onInput={(event) => set({ reward: event.currentTarget.value })}
              />
            </label>
            <label>
              <span>
                Tasks in a batch <span class="faint">(optional)</span>
              </span>
              <input
                inputMode="numeric"
                value={draft.batchSize}
                onInput={(event) => set({ batchSize: event.currentTarget.value })}
              />
            </label>
          </div>
          <Act
            label="Post the job"
            done="The job is posted."
            act={async (writer, say) => {
              // Checking and proving programs is a third of the code, and few readers post.
              const { postDraft } = await loadLater();
              const { jobId } = await postDraft(writer, draft, say);
              location.hash = jobPath(jobId);
            }}
          />
        </div>
      ) : (
        <Note>
          Workers fetch the program and the inputs from the network, and this page has nowhere to
          store them. Use <code>assay job post</code>, or the pages of <code>assay dev</code>.
        </Note>
      )}
    </>
  );
}
