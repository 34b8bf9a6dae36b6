import { useState } from "preact/hooks";
import { shortHash, shownLine, shownText } from "../format/text.ts";

/** A string of strangers, in a line of its own direction. */
export function Line({ text, most }: { text: string; most?: number }) {
  return <bdi class="line">{shownLine(text, most)}</bdi>;
}

/** A hash, cut in the middle, with a button that copies all of it. */
export function Hash({ value, href, kept = 4 }: { value: string; href?: string; kept?: number }) {
  const short = shortHash(value, kept);
  return (
    <span class="hash">
      {href === undefined ? (
        <span class="mono" title={value}>
          {short}
        </span>
      ) : (
        <a class="mono" href={href} title={value}>
          {short}
        </a>
      )}
      <Copy value={value} />
    </span>
  );
}

export function Copy({ value }: { value: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="copy"
      aria-label={isCopied ? "Copied" : `Copy ${shortHash(value)}`}
      onClick={() => {
        navigator.clipboard?.writeText(value).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1_500);
        });
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {isCopied ? (
          <path d="M3.5 8.5 6.5 11.5 12.5 5" />
        ) : (
          <path d="M5.5 5.5h7v7h-7zM3.5 10.5v-7h7" />
        )}
      </svg>
    </button>
  );
}

/** Text of any length: the beginning, and the rest on demand in pieces, so that no string is too long to be laid out. */
export function LongText({ text, step = 4_000 }: { text: string; step?: number }) {
  const [most, setMost] = useState(step);
  const left = text.length - most;
  return (
    <>
      <Scrolled>{shownText(text, most)}</Scrolled>
      {left > 0 && (
        <button type="button" class="quiet" onClick={() => setMost(most * 4)}>
          Show more ({left.toLocaleString("en")} characters are left)
        </button>
      )}
    </>
  );
}

/** Text that scrolls by itself. A region that scrolls and has nothing to focus in it has to be focused itself, to be scrolled by keys. */
export function Scrolled({ children, class: more = "" }: { children: string; class?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys could not scroll it otherwise
    <pre class={`long ${more}`} tabIndex={0} dir="auto">
      {children}
    </pre>
  );
}
