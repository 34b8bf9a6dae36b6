const WIDTH = 400;
const HEIGHT = 64;

/** A line of values over time, with its ends named. What it shows is in its label, too. */
export function Sparkline({
  label,
  values,
  ends,
}: {
  label: string;
  values: readonly number[];
  ends: readonly [string, string];
}) {
  const most = Math.max(...values, 1);
  const points = values.map((value, index) => {
    const x = (index / Math.max(1, values.length - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 4 - (value / most) * (HEIGHT - 8)).toFixed(1)}`;
  });
  const said = `${label}: from ${values[0]} to ${values.at(-1)}, at most ${most}`;
  return (
    <figure class="spark">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        <polyline points={points.join(" ")} />
      </svg>
      <figcaption>
        <span>{ends[0]}</span>
        <span>{label}</span>
        <span>{ends[1]}</span>
      </figcaption>
    </figure>
  );
}
