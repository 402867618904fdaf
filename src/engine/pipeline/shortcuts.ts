/** Reuse of deep features between evaluations (DeepCache, Ma et al. 2023). */
export interface DeepCache {
  /** One in this many evaluations is computed in full, the others reuse its features; 1 disables reuse. */
  readonly interval: number;
  /** Index of the last input block that every evaluation computes; see DeepFeature. */
  readonly depth: number;
}

/** Values of Quality. */
export const QUALITIES = ['EXACT', 'FAST'] as const;
/** Precision of a diffusion network. FAST uses 8-bit products and convolutions. */
export type Quality = (typeof QUALITIES)[number];

/** Approximations that speed up a run. They change the picture slightly. None if absent. */
export interface Shortcuts {
  /** Absent: EXACT. */
  readonly quality?: Quality;
  readonly deepCache?: DeepCache;
  /** Share of the tokens that are merged for self-attention, above 0 and up to 0.75; see mergeTokens. */
  readonly tokenMerging?: number;
}

/** Picks the shortcuts from other settings. */
export const shortcutsOf = ({ quality, deepCache, tokenMerging }: Shortcuts = {}): Shortcuts => ({
  ...(quality && { quality }),
  ...(deepCache && { deepCache }),
  ...(tokenMerging !== undefined && { tokenMerging }),
});
