import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Kind, Shape } from "./shapes.tsx";

export interface Happening {
  key: string;
  kind: Kind;
  said: ComponentChildren;
  /** When: a block or a moment. */
  when?: ComponentChildren;
}

/** What happened, in the order given; so many at first. */
export function Timeline({ items, most = 30 }: { items: readonly Happening[]; most?: number }) {
  const [shown, setShown] = useState(most);
  return (
    <>
      <ol class="timeline">
        {items.slice(0, shown).map(({ key, kind, said, when }) => (
          <li key={key}>
            <Shape kind={kind} />
            <div class="said">{said}</div>
            {when !== undefined && <div class="when">{when}</div>}
          </li>
        ))}
      </ol>
      {items.length > shown && (
        <button type="button" class="quiet" onClick={() => setShown(shown * 4)}>
          Show more ({(items.length - shown).toLocaleString("en")} are left)
        </button>
      )}
    </>
  );
}
