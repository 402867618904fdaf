import { setTimeout as sleep } from 'node:timers/promises';

/** Passes the time until something that failed (the disk is full) is tried again; the signal cuts it short. */
export type Pause = (signal: AbortSignal) => Promise<unknown>;

/** A pause of one second. */
export const aSecond: Pause = (signal) => sleep(1000, undefined, { signal }).catch(() => undefined);
