/** A handler of some process: what it takes and when it is free. */
export interface Device {
  readonly models: readonly string[];
  /** Milliseconds until its running job ends, 0 without one, Infinity while unknown. */
  readonly free: number;
}

/** Gives each running job to a device that may have it; one whose device is no longer there is left out. */
export function busyDevices(
  devices: readonly Pick<Device, 'models'>[],
  running: readonly { readonly model: string; readonly remaining: number }[],
): Device[] {
  // Those with few models first: the others can have other jobs.
  const idle = devices.map(({ models }) => models).sort((a, b) => a.length - b.length);
  const busy = running.flatMap(({ model, remaining }) => {
    const index = idle.findIndex((models) => models.includes(model));
    return index < 0 ? [] : [{ models: idle.splice(index, 1)[0]!, free: remaining }];
  });
  return [...busy, ...idle.map((models) => ({ models, free: 0 }))];
}

/** A waiting job of a line. */
export interface Waiting {
  readonly id: string;
  /** Of the first jobs of two lines the one with the lesser urgency runs first. */
  readonly urgency: string;
  /** Milliseconds that it will take, Infinity while unknown. */
  readonly duration: number;
}

/**
 * Milliseconds until waiting jobs end: whichever device is free first takes the most urgent of the first jobs of its models,
 * again and again. `lines` are the waiting jobs by model, the next one first. Jobs of which nothing is known are left out.
 */
export function forecastEnds(
  devices: readonly Device[],
  lines: ReadonlyMap<string, readonly Waiting[]>,
): Map<string, number> {
  const ends = new Map<string, number>();
  const taken = new Map<string, number>();
  const first = (model: string): Waiting | undefined => lines.get(model)?.[taken.get(model) ?? 0];
  let working = devices.map(({ models, free }) => ({ models, free })).filter(({ free }) => free < Infinity);
  while (working.length > 0) {
    const device = working.reduce((a, b) => (b.free < a.free ? b : a));
    const next = mostUrgent(device.models, first);
    if (!next) {
      working = working.filter((one) => one !== device);
      continue;
    }
    taken.set(next.model, (taken.get(next.model) ?? 0) + 1);
    device.free += next.waiting.duration;
    if (device.free < Infinity) ends.set(next.waiting.id, device.free);
    else working = working.filter((one) => one !== device);
  }
  return ends;
}

function mostUrgent(
  models: readonly string[],
  first: (model: string) => Waiting | undefined,
): { model: string; waiting: Waiting } | undefined {
  let best: { model: string; waiting: Waiting } | undefined;
  for (const model of models) {
    const waiting = first(model);
    if (waiting && (!best || waiting.urgency < best.waiting.urgency)) best = { model, waiting };
  }
  return best;
}
