/**
 * Scans whole pictures and latents after every step. Uses loops because a callback per value is ten times
 * slower.
 */

/** Index of the first value that is NaN or infinite; -1 if all are finite. */
export function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** Whether there are several values and all are equal: such a latent or picture carries no information. */
export function isAllEqual(values: Float32Array): boolean {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return values.length > 1;
}
