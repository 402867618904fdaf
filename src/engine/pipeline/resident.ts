import type { NetworkSource } from '../runtime/network-source.ts';

/** The networks that stay on a device while latents of a size, in cells, are processed. */
export type Resident = (height: number, width: number) => NetworkSource[];
