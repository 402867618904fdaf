import type { JobMask } from '../jobs/request.ts';
import type { Node, Output } from './comfy-nodes.ts';

/** Largest standard deviation and radius that ComfyUI's node blurs by. */
export const MOST_BLUR = 10;
const MOST_RADIUS = 31;

/** What a mask is laid over. */
interface Masked {
  /** The source at the size of the picture, and a node that brings any picture to it in the same way. */
  readonly image: Output;
  readonly fitted: (picture: Output) => Node;
  readonly vae: Output;
}

/** The mask as the sampler takes it, and the latent that it holds; `latent` and `mask` are the last nodes. Which file it was is for the reader to say. */
export function maskNodes(mask: JobMask, { image, fitted, vae }: Masked): [name: string, node: Node][] {
  const nodes: [string, Node][] = [
    ['maskFile', { type: 'LoadImage', values: { image: 'mask.png' }, outputs: ['IMAGE', 'MASK'] }],
    ['maskFit', fitted(['maskFile', 0])],
  ];
  const toMask = (from: Output): Node => ({
    type: 'ImageToMask',
    links: { image: from },
    values: { channel: 'red' },
    outputs: ['MASK'],
  });
  const { grow, blur } = mask;
  let picture: Output = ['maskFit', 0];
  if (grow !== 0) {
    const values = { expand: grow, tapered_corners: false };
    nodes.push(
      ['maskPlain', toMask(picture)],
      ['maskGrown', { type: 'GrowMask', links: { mask: ['maskPlain', 0] }, values, outputs: ['MASK'] }],
      [
        'maskImage',
        { type: 'MaskToImage', links: { mask: ['maskGrown', 0] }, values: {}, outputs: ['IMAGE'] },
      ],
    );
    picture = ['maskImage', 0];
  }
  if (blur > 0) {
    nodes.push(['maskBlur', blurNode(picture, blur)]);
    picture = ['maskBlur', 0];
  }
  nodes.push(['mask', toMask(picture)]);
  const encode: Node =
    mask.fill === 'BLANK'
      ? {
          type: 'VAEEncodeForInpaint',
          links: { pixels: image, vae, mask: ['mask', 0] },
          values: { grow_mask_by: 0 },
          outputs: ['LATENT'],
        }
      : { type: 'VAEEncode', links: { pixels: image, vae }, values: {}, outputs: ['LATENT'] };
  return [...nodes, ['encode', encode], ['latent', noiseMask(['encode', 0], ['mask', 0])]];
}

/** A latent of which only the masked part is sampled. */
export const noiseMask = (samples: Output, mask: Output): Node => ({
  type: 'SetLatentNoiseMask',
  links: { samples, mask },
  values: {},
  outputs: ['LATENT'],
});

/** The result where the mask is, the source elsewhere. */
export const compositeNode = (source: Output, result: Output, mask: Output): Node => ({
  type: 'ImageCompositeMasked',
  links: { destination: source, source: result, mask },
  values: { x: 0, y: 0, resize_source: false },
  outputs: ['IMAGE'],
});

/** A Gaussian blur by a standard deviation in pixels, as far as ComfyUI's node goes. */
export function blurNode(image: Output, deviation: number): Node {
  const sigma = Math.min(MOST_BLUR, Math.max(0.1, deviation));
  const values = { blur_radius: Math.min(MOST_RADIUS, Math.max(1, Math.ceil(3 * sigma))), sigma };
  return { type: 'ImageBlur', links: { image }, values, outputs: ['IMAGE'] };
}
