import type { JoinedSides } from './joined-sides.ts';
import type { ElementType } from './proto.ts';

/** What floating-point numbers are computed in. */
export type ComputeType = Extract<ElementType, 'F32' | 'F16'>;

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
  /** Sides across which convolutions see; none if absent. */
  readonly joinedSides?: JoinedSides;
}

export const CPU_PROFILE: DeviceProfile = {
  compute: 'F32',
  attention: 'fused',
  scoreBytes: Infinity,
  largestValue: Infinity,
  weights: 'file',
  widenInRunFrom: 256 * 1024,
  widens: ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'],
};

/** The profile for a network whose numbers exceed half precision. */
export const inSingle = (profile: DeviceProfile): DeviceProfile =>
  profile.compute === 'F32' ? profile : { ...profile, compute: 'F32' };
