const DIGITS = 6;

/** A unit in which amounts are shown. */
export interface Unit {
  symbol: string;
  decimals: number;
}

export const ETHER: Unit = { symbol: "ETH", decimals: 18 };
const GWEI: Unit = { symbol: "gwei", decimals: 9 };

/** An amount with its unit, rounded to six digits. Small amounts of ether are gwei or wei. */
export function shownAmount(amount: bigint, unit: Unit = ETHER): string {
  const size = amount < 0n ? -amount : amount;
  if (unit === ETHER && size > 0n && size < 10n ** 13n) {
    return size < 10n ** 6n
      ? `${amount.toLocaleString("en")} wei`
      : `${shownNumber(amount, 9)} ${GWEI.symbol}`;
  }
  return `${shownNumber(amount, unit.decimals)} ${unit.symbol}`;
}

function shownNumber(amount: bigint, decimals: number): string {
  const size = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = size.slice(0, size.length - decimals);
  const rest = decimals === 0 ? "" : size.slice(-decimals);
  const kept = whole === "0" ? (rest.match(/^0*/)?.[0].length ?? 0) + DIGITS : DIGITS;
  const part = rest.slice(0, Math.max(0, kept - (whole === "0" ? 0 : whole.length - 1)));
  const shown = part.replace(/0+$/, "");
  const grouped = BigInt(whole).toLocaleString("en");
  return `${amount < 0n ? "−" : ""}${grouped}${shown === "" ? "" : `.${shown}`}`;
}

/** `12.5 %` of parts of 10,000. */
export function shownBps(bps: number): string {
  return `${bps / 100} %`;
}

/** `1.4 MB`. */
export function shownBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? thing : things}`;
}
