/** Latents of one run: height and width count latent cells. */
export interface LatentShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}
