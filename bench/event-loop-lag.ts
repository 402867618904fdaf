/** Milliseconds between two measurements of the lag. */
const INTERVAL = 2;

/**
 * Measures how late the event loop is for work that is due every two milliseconds, until the returned
 * function is called. Due times that pass while the loop is blocked count with their delay: a block of one
 * second counts 500 times.
 */
export function measureLag(): () => { p50: number; p99: number; max: number } {
  const lags: number[] = [];
  let due = performance.now() + INTERVAL;
  const take = () => {
    const now = performance.now();
    for (; due <= now; due += INTERVAL) lags.push(now - due);
  };
  const timer = setInterval(take, INTERVAL);
  return () => {
    clearInterval(timer);
    take();
    lags.sort((a, b) => a - b);
    const quantile = (part: number) => lags[Math.min(lags.length - 1, Math.floor(lags.length * part))] ?? 0;
    return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
  };
}
