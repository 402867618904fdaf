import type { ElementType } from './proto.ts';

/** What floating-point numbers are computed in. */
export type ComputeType = Extract<ElementType, 'F32' | 'F16'>;

/**
 * How a network is used. `steps`: many times in a row, so that its scratch memory is kept from run to run. `pictures`: once
 * per picture, so that it is given back after each run.
 */
export type RunPattern = 'steps' | 'pictures';

/** Which opposite sides of pictures meet, so that copies of them can be laid side by side without a seam. */
export const JOINED_SIDES = ['BOTH', 'HORIZONTAL', 'VERTICAL'] as const;
export type JoinedSides = (typeof JOINED_SIDES)[number];

/** `F4`: tiles of 4×4 pixels, a quarter of the multiplications. `F2`: of 2×2, four ninths of them, as exact as a plain sum. */
export type WinogradTile = 'F2' | 'F4';

/** How convolutions of kernel 3 that move by one pixel are computed: plainly, or by tiles where that pays. */
export interface WinogradUse {
  readonly tile: WinogradTile | 'NONE';
  /** Pixels of all images together from which it pays: a kernel is transformed in every run. */
  readonly fromPixels: number;
  /** Largest share of a plain convolution's multiplications, those of the transforms included. */
  readonly largestShare: number;
  /** Bytes of tiles, and of a transformed kernel, that are computed at a time. */
  readonly bandBytes: number;
}

/** Which products and convolutions are computed in 8 bits instead of float32; see int8.ts. */
export interface ByteUse {
  /** Rows of a product from which it pays, a convolution's pixels being its rows. */
  readonly fromRows: number;
  /** Width of a product's input and output from which it pays; below, what is lost matters more. */
  readonly fromWidth: number;
  /** Bytes of neighbourhoods that a convolution gathers at a time. */
  readonly bandBytes: number;
}

/** Operators of one kernel for what is several elsewhere, over channels that come last in memory; on CUDA. */
export const FUSED_OPERATORS = ['GroupNorm', 'SkipGroupNorm', 'NhwcConv', 'BiasSplitGelu'] as const;
export type FusedOperator = (typeof FUSED_OPERATORS)[number];

/** How to write graphs: for an execution provider, the only thing about a device that a graph depends on, and for what pictures. */
export interface DeviceProfile {
  /** Element type of the networks that bear half precision: CLIP, UNets, FLUX. The others compute in float32. */
  readonly compute: ComputeType;
  /** `fused`: com.microsoft.MultiHeadAttention, a flash kernel on CPU. `plain`: MatMul and Softmax, correct everywhere. */
  readonly attention: 'fused' | 'plain';
  /** Bytes of products that plain attention holds at a time: it goes through its queries in chunks. */
  readonly scoreBytes: number;
  /** Bytes of the largest value that normalisations, softmax and convolutions of kernel 1 give back whole. */
  readonly largestValue: number;
  /** Where the weights of a loaded network lie: in the page cache of their file, or in memory of the device. */
  readonly weights: 'file' | 'device';
  /**
   * Weights that are narrower than what they meet, of at least so many bytes, widen in every run and stay as they are in
   * between; smaller ones widen once, at load, into memory.
   */
  readonly widenInRunFrom: number;
  /** Element types that the device itself can widen; other narrow ones become F16 at load. */
  readonly widens: readonly ElementType[];
  readonly winograd: Readonly<Record<RunPattern, WinogradUse>>;
  /** Absent: everything is computed in floating point. */
  readonly bytes?: ByteUse;
  /** Operators that take the place of several in networks that compute in half precision; none if absent. */
  readonly fused?: ReadonlySet<FusedOperator>;
  /** Sides across which convolutions see; none if absent. */
  readonly joinedSides?: JoinedSides;
}

const MiB = 2 ** 20;

/** Every convolution as one operator. */
export const PLAIN_CONVOLUTIONS: WinogradUse = {
  tile: 'NONE',
  fromPixels: Infinity,
  largestShare: 0,
  bandBytes: 0,
};

/** How the CPU convolves by tiles of a size. */
export const byTiles = (tile: WinogradTile): DeviceProfile['winograd'] => ({
  steps: { tile, fromPixels: 1024, largestShare: 0.6, bandBytes: 48 * MiB },
  pictures: { tile, fromPixels: 1024, largestShare: 0.6, bandBytes: 12 * MiB },
});

export const CPU_PROFILE: DeviceProfile = {
  compute: 'F32',
  attention: 'fused',
  scoreBytes: Infinity,
  largestValue: Infinity,
  weights: 'file',
  widenInRunFrom: 0,
  widens: ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'],
  winograd: byTiles('F4'),
};

/** Whether there is another way to convolve that takes less memory. */
export const convolvesByTiles = ({ winograd }: DeviceProfile): boolean =>
  Object.values(winograd).some(({ tile }) => tile !== 'NONE');

/** The profile with every convolution as one operator: it takes less memory. */
export const withPlainConvolutions = (profile: DeviceProfile): DeviceProfile => ({
  ...profile,
  winograd: { steps: PLAIN_CONVOLUTIONS, pictures: PLAIN_CONVOLUTIONS },
});

/** The profile with 8-bit products and convolutions where that pays. */
export const withBytes = (profile: DeviceProfile): DeviceProfile => ({
  ...profile,
  compute: 'F32',
  bytes: { fromRows: 64, fromWidth: 32, bandBytes: 4 * MiB },
});

/** Whether a value can go through a fused operator: the kernels are for half precision. */
export const fuses = ({ fused }: DeviceProfile, operator: FusedOperator, dtype: ElementType): boolean =>
  dtype === 'F16' && fused?.has(operator) === true;

/** The profile for a network whose numbers exceed half precision. */
export const inSingle = (profile: DeviceProfile): DeviceProfile =>
  profile.compute === 'F32' ? profile : { ...profile, compute: 'F32' };
