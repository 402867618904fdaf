import type { ElementType } from './proto.ts';

/** Floating-point type of computations. */
export type ComputeType = Extract<ElementType, 'F32' | 'F16'>;

/** How a network is used. `steps`: many times in a row. `pictures`: once or a few times per picture. */
export type RunPattern = 'steps' | 'pictures';

/**
 * Where the intermediate values of a run are. `ARENA`: in memory that the session keeps until it is released.
 * `SYSTEM`: in memory that is taken from the system for each value and given back as soon as the value is no
 * longer needed. It takes less, but the system must clear all of it: the run of an autoencoder takes twice the
 * time.
 */
export type ScratchMemory = 'ARENA' | 'SYSTEM';

/** Which opposite sides of pictures wrap around, so that copies can be tiled without a seam. */
export const JOINED_SIDES = ['BOTH', 'HORIZONTAL', 'VERTICAL'] as const;
/** One of JOINED_SIDES. */
export type JoinedSides = (typeof JOINED_SIDES)[number];

/**
 * `F4`: tiles of 4×4 pixels, a quarter of the multiplications. `F2`: tiles of 2×2 pixels, four ninths of the
 * multiplications, as accurate as direct convolution.
 */
export type WinogradTile = 'F2' | 'F4';

/** How 3×3 convolutions of stride 1 are computed: directly, or with Winograd tiles where that is faster. */
export interface WinogradUse {
  readonly tile: WinogradTile | 'NONE';
  /** Minimum number of pixels in the batch: the kernel is transformed in every run. */
  readonly fromPixels: number;
  /** Maximum number of multiplications, transforms included, relative to a direct convolution. */
  readonly largestShare: number;
  /** Bytes of tiles, and of a transformed kernel, that are processed at a time. */
  readonly bandBytes: number;
}

/** Which matrix products and convolutions are computed in 8 bits instead of float32; see int8.ts. */
export interface ByteUse {
  /** Minimum number of rows of a product; the rows of a convolution are its pixels. */
  readonly fromRows: number;
  /** Minimum width of a product's input and output. Below it, the loss of accuracy outweighs the gain. */
  readonly fromWidth: number;
  /** Bytes of neighbourhoods (im2col) that a convolution gathers at a time. */
  readonly bandBytes: number;
}

/**
 * ONNX Runtime's CUDA operators that fuse into one kernel what takes several operators elsewhere. Those on
 * images use NHWC layout.
 */
export const FUSED_OPERATORS = ['GroupNorm', 'SkipGroupNorm', 'NhwcConv', 'BiasSplitGelu'] as const;
/** One of FUSED_OPERATORS. */
export type FusedOperator = (typeof FUSED_OPERATORS)[number];

/**
 * How graphs are written for an execution provider, and for seamless pictures. Nothing else about a device
 * affects a graph.
 */
export interface DeviceProfile {
  /** Compute type of the networks that tolerate half precision: CLIP, UNets, FLUX. The others use float32. */
  readonly compute: ComputeType;
  /**
   * `fused`: com.microsoft.MultiHeadAttention, a flash kernel on CPU. `plain`: MatMul and Softmax, correct on
   * every provider.
   */
  readonly attention: 'fused' | 'plain';
  /** Bytes of scores that plain attention holds at a time; it processes its queries in chunks. */
  readonly scoreBytes: number;
  /** Bytes of the largest value that normalisations, softmax and 1×1 convolutions return intact. */
  readonly largestValue: number;
  /** Where the weights of a loaded network live: in the page cache of their file, or in device memory. */
  readonly weights: 'file' | 'device';
  /**
   * Weights of at least this many bytes that are narrower than the values they are combined with are widened
   * in every run and stay narrow in between. Smaller ones are widened once, at load.
   */
  readonly widenInRunFrom: number;
  /** Element types that the device can widen; other narrow types become F16 at load. */
  readonly widens: readonly ElementType[];
  readonly winograd: Readonly<Record<RunPattern, WinogradUse>>;
  /** For networks that run once per picture. Those that run in steps always use an arena. */
  readonly pictureScratch: ScratchMemory;
  /** 8-bit computation; absent if everything is computed in floating point. */
  readonly bytes?: ByteUse;
  /** Fused operators for networks that compute in half precision; none if absent. */
  readonly fused?: ReadonlySet<FusedOperator>;
  /** Sides at which convolutions wrap around; none if absent. */
  readonly joinedSides?: JoinedSides;
}

const MiB = 2 ** 20;

/** Every convolution as a single Conv operator. */
export const PLAIN_CONVOLUTIONS: WinogradUse = {
  tile: 'NONE',
  fromPixels: Infinity,
  largestShare: 0,
  bandBytes: 0,
};

/** Winograd settings of the CPU for a tile size. */
export const byTiles = (tile: WinogradTile): DeviceProfile['winograd'] => ({
  steps: { tile, fromPixels: 1024, largestShare: 0.6, bandBytes: 48 * MiB },
  pictures: { tile, fromPixels: 1024, largestShare: 0.6, bandBytes: 12 * MiB },
});

/** The profile of the CPU provider. */
export const CPU_PROFILE: DeviceProfile = {
  compute: 'F32',
  attention: 'fused',
  scoreBytes: Infinity,
  largestValue: Infinity,
  weights: 'file',
  widenInRunFrom: 0,
  widens: ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'],
  winograd: byTiles('F4'),
  pictureScratch: 'ARENA',
};

/** Whether the profile trades memory for speed, so that withLeastMemory saves some. */
export const tradesMemory = ({ winograd, pictureScratch }: DeviceProfile): boolean =>
  pictureScratch === 'ARENA' || Object.values(winograd).some(({ tile }) => tile !== 'NONE');

/** The profile with every convolution as a single operator. */
export const withPlainConvolutions = (profile: DeviceProfile): DeviceProfile => ({
  ...profile,
  winograd: { steps: PLAIN_CONVOLUTIONS, pictures: PLAIN_CONVOLUTIONS },
});

/** The slower profile that takes the least memory: plain convolutions, and no arena for pictures. */
export const withLeastMemory = (profile: DeviceProfile): DeviceProfile => ({
  ...withPlainConvolutions(profile),
  pictureScratch: 'SYSTEM',
});

/** The profile with 8-bit products and convolutions where they pay off. */
export const withBytes = (profile: DeviceProfile): DeviceProfile => ({
  ...profile,
  compute: 'F32',
  bytes: { fromRows: 64, fromWidth: 32, bandBytes: 4 * MiB },
});

/** Whether a value of this type can use a fused operator. The kernels exist for half precision only. */
export const fuses = ({ fused }: DeviceProfile, operator: FusedOperator, dtype: ElementType): boolean =>
  dtype === 'F16' && fused?.has(operator) === true;

/** The profile for a network whose values exceed the range of half precision. */
export const inSingle = (profile: DeviceProfile): DeviceProfile =>
  profile.compute === 'F32' ? profile : { ...profile, compute: 'F32' };
