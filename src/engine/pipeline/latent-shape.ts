/** Shape of the latents of a run: height and width in latent cells. */
export interface LatentShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}
