/** Day and time of a scene. */
export interface AcquisitionTime {
  /** `YYYY-MM-DD` */
  acquired: string | undefined;
  /** UTC, `HH:MM:SS` */
  acquiredAt: string | undefined;
}

/** MODIS's and VIIRS's year and day of the year; or a day between 1970 and 2099. */
const DAY =
  /(?<![A-Za-z0-9])A(?<year>(?:19[7-9]|20\d)\d)(?<dayOfYear>[0-3]\d\d)(?!\d)|(?<!\d)(?<year>(?:19[7-9]|20\d)\d)(?<dash>-?)(?<month>0[1-9]|1[0-2])\k<dash>(?<date>[0-3]\d)(?!\d)/g;
/** Right behind the day. With `_` it might be anything else unless it is whole, and VIIRS adds a digit of tenths. */
const CLOCK =
  /^(?:(?:T| |_t|\.)(?<hours>[01]\d|2[0-3]):?(?<minutes>[0-5]\d)(?::?(?<seconds>[0-5]\d)\d?)?|_(?<hours>[01]\d|2[0-3])(?<minutes>[0-5]\d)(?<seconds>[0-5]\d))(?!\d)/;

/**
 * Finds the first day in the texts, and a time right behind it: `20230514T192901`, `2023-05-14 19:29`, `20230514_192901`,
 * VIIRS's `d20230514_t1929010`, MODIS's `A2023134.1930`.
 */
export function findTime(texts: readonly (string | undefined)[]): AcquisitionTime {
  for (const text of texts) {
    for (const match of text?.matchAll(DAY) ?? []) {
      const { year, month, date, dayOfYear } = match.groups ?? {};
      const time = new Date(`${year}-${month ?? "01"}-01T00:00:00Z`);
      time.setUTCDate(Number(dayOfYear ?? date));
      const acquired = time.toISOString().slice(0, 10);
      // A 30th of February lies in another month, and day 0 in another year.
      if (!acquired.startsWith(month === undefined ? `${year}-` : `${year}-${month}-`)) continue;
      const clock = CLOCK.exec(text?.slice(match.index + match[0].length) ?? "")?.groups;
      if (clock?.hours === undefined) return { acquired, acquiredAt: undefined };
      const { hours, minutes, seconds = "00" } = clock;
      return { acquired, acquiredAt: `${hours}:${minutes}:${seconds}` };
    }
  }
  return { acquired: undefined, acquiredAt: undefined };
}
