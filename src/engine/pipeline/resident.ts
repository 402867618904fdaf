import type { NetworkSource } from '../runtime/model-cache.ts';

/** Networks that stay on a device while latents of a size are worked on, in cells. */
export type Resident = (height: number, width: number) => NetworkSource[];
