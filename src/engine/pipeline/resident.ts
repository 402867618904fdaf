import type { NetworkSource } from '../runtime/model-cache.ts';

/** The networks that stay on a device while latents of a size, in cells, are processed. */
export type Resident = (height: number, width: number) => NetworkSource[];
