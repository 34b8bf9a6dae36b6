/** Longest line that is printed, characters. */
const MAX_LENGTH = 600;
/** What stays of the end of a longer one, which says what to do. */
const TAIL = 240;

/**
 * Text as one line that is safe to print. Names that come from files may be anything: several lines, a terminal's commands, or millions of characters.
 * @param most - characters that are kept; of longer text the middle is left out.
 */
export function oneLine(text: string, most = MAX_LENGTH): string {
  const tail = Math.min(TAIL, most >> 1);
  const short =
    text.length > most ? `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}` : text;
  return short.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}
