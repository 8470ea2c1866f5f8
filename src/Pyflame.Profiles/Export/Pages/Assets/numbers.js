// How numbers read.

const countFormat = new Intl.NumberFormat("en-US");

function formatCount(value) {
  return countFormat.format(value);
}

/** A share such as "12.3 %". Small shares keep two digits that count. */
function formatShare(part, whole) {
  const percent = whole > 0 ? (100 * part) / whole : 0;
  const digits = percent >= 99.95 || percent === 0 ? 0 : percent < 0.095 ? 3 : percent < 0.995 ? 2 : 1;
  return `${percent.toFixed(digits)} %`;
}

/** A length of time in the unit that suits it. */
function formatTime(nanoseconds) {
  const seconds = nanoseconds / 1e9;
  if (seconds < 0.9995) {
    return `${+(seconds * 1000).toPrecision(3)} ms`;
  }
  if (seconds < 99.95) {
    return `${+seconds.toPrecision(3)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  }
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function plural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
