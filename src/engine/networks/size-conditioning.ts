import { embedNumbers } from './timestep-embedding.ts';

/** The sizes that condition SDXL, in pixels (Podell et al. 2023, section 2.2). */
export interface SizeConditioning {
  readonly height: number;
  readonly width: number;
  readonly cropTop: number;
  readonly cropLeft: number;
  readonly targetHeight: number;
  readonly targetWidth: number;
}

const EMBEDDING_WIDTH = 256;

/** SDXL's vector conditioning `y`: the pooled text followed by the embeddings of the six sizes. */
export function sizeConditioning(pooled: Float32Array, size: SizeConditioning): Float32Array {
  const { height, width, cropTop, cropLeft, targetHeight, targetWidth } = size;
  const sizes = [height, width, cropTop, cropLeft, targetHeight, targetWidth];
  return withNumbers(pooled, sizes);
}

/** The refiner's vector conditioning: an aesthetic score, 0..10, in place of the target size. */
export const refinerConditioning = (
  pooled: Float32Array,
  { height, width, cropTop, cropLeft }: Omit<SizeConditioning, 'targetHeight' | 'targetWidth'>,
  aesthetic: number,
): Float32Array => withNumbers(pooled, [height, width, cropTop, cropLeft, aesthetic]);

const withNumbers = (pooled: Float32Array, numbers: readonly number[]): Float32Array =>
  Float32Array.from([...pooled, ...embedNumbers(numbers, EMBEDDING_WIDTH)]);
