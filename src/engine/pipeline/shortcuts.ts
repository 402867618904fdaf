/** Reuse of deep features between evaluations (DeepCache, Ma et al. 2023). */
export interface DeepCache {
  /** Every so many evaluations of the network compute everything, the others reuse; from 1, which reuses nothing. */
  readonly interval: number;
  /** The last input block that every evaluation computes, from 0; see DeepFeature. */
  readonly depth: number;
}

/** What a run leaves out of its network's work. The picture is then another, nearly the same; absent: nothing. */
export interface Shortcuts {
  readonly deepCache?: DeepCache;
  /** Share of a picture's places that are merged for self-attention, above 0 to 0.75; see mergeTokens. */
  readonly tokenMerging?: number;
}

/** The shortcuts among other settings. */
export const shortcutsOf = ({ deepCache, tokenMerging }: Shortcuts = {}): Shortcuts => ({
  ...(deepCache && { deepCache }),
  ...(tokenMerging !== undefined && { tokenMerging }),
});
