/** How to write graphs for an execution provider: the only thing about a device that a graph depends on. */
export interface DeviceProfile {
  /**
   * `fused`: com.microsoft.MultiHeadAttention, a flash kernel on CPU. `plain`: MatMul and Softmax, correct everywhere, but
   * all scores lie in memory.
   */
  readonly attention: 'fused' | 'plain';
  /**
   * Half-precision weights of at least so many bytes widen to float32 in every run, so that they stay in the page cache;
   * smaller ones once, at load, into memory.
   */
  readonly widenInRunFrom: number;
}

export const CPU_PROFILE: DeviceProfile = { attention: 'fused', widenInRunFrom: 256 * 1024 };
