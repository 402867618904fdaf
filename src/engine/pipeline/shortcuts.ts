/** Reuse of deep features between evaluations (DeepCache, Ma et al. 2023). */
export interface DeepCache {
  /** Every so many evaluations of the network compute everything, the others reuse; from 1, which reuses nothing. */
  readonly interval: number;
  /** The last input block that every evaluation computes, from 0; see DeepFeature. */
  readonly depth: number;
}

export const QUALITIES = ['EXACT', 'FAST'] as const;
/** How a diffusion network computes. FAST: 8-bit products and convolutions. */
export type Quality = (typeof QUALITIES)[number];

/** What a run leaves out of its network's work. The picture is then another, nearly the same; absent: nothing. */
export interface Shortcuts {
  /** Absent: EXACT. */
  readonly quality?: Quality;
  readonly deepCache?: DeepCache;
  /** Share of a picture's places that are merged for self-attention, above 0 to 0.75; see mergeTokens. */
  readonly tokenMerging?: number;
}

/** The shortcuts among other settings. */
export const shortcutsOf = ({ quality, deepCache, tokenMerging }: Shortcuts = {}): Shortcuts => ({
  ...(quality && { quality }),
  ...(deepCache && { deepCache }),
  ...(tokenMerging !== undefined && { tokenMerging }),
});
