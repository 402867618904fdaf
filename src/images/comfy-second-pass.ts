import { posix } from 'node:path';
import type { Img2ImgSettings } from '../jobs/request.ts';
import type { Node, Output } from './comfy-nodes.ts';
import { passNodes, type Sampling } from './comfy-sampling.ts';

/** What the nodes of a second pass are linked to. */
interface FirstPass {
  readonly sampling: Sampling;
  readonly vae: Output;
  /** What decodes. */
  readonly decoder: Output;
}

/** The nodes that follow the first sampler, named; the last one gives the picture. */
export function secondPassNodes(
  { upscale }: Img2ImgSettings,
  { sampling, vae, decoder }: FirstPass,
): [name: string, node: Node][] {
  const decode = (name: string, samples: Output): [string, Node] => [
    name,
    { type: 'VAEDecode', links: { samples, vae: decoder }, values: {}, outputs: ['IMAGE'] },
  ];
  if (!upscale) return [decode('decode', ['sampler', 0])];
  const { width, height, model, method, steps, denoiseStrength: denoise } = upscale;
  const again = (latent: string) =>
    passNodes(sampling, { name: 'sampler2', latent: [latent, 0], steps, denoise });
  if (!model) {
    const values = { upscale_method: method, width, height, crop: 'disabled' };
    const larger = { type: 'LatentUpscale', links: { samples: ['sampler', 0] as Output }, values };
    return [
      ['larger', { ...larger, outputs: ['LATENT'] }],
      ...(denoise > 0 ? again('larger') : []),
      decode('decode', [denoise > 0 ? 'sampler2' : 'larger', 0]),
    ];
  }
  const enlarging: [string, Node][] = [
    decode('decode1', ['sampler', 0]),
    [
      'upscaler',
      {
        type: 'UpscaleModelLoader',
        values: { model_name: posix.basename(model.file) },
        outputs: ['UPSCALE_MODEL'],
      },
    ],
    [
      'upscaled',
      {
        type: 'ImageUpscaleWithModel',
        links: { upscale_model: ['upscaler', 0], image: ['decode1', 0] },
        values: {},
        outputs: ['IMAGE'],
      },
    ],
    [
      denoise > 0 ? 'larger' : 'decode',
      {
        type: 'ImageScale',
        links: { image: ['upscaled', 0] },
        values: { upscale_method: 'lanczos', width, height, crop: 'disabled' },
        outputs: ['IMAGE'],
      },
    ],
  ];
  if (denoise === 0) return enlarging;
  const encode = { type: 'VAEEncode', links: { pixels: ['larger', 0] as Output, vae }, values: {} };
  return [
    ...enlarging,
    ['encode2', { ...encode, outputs: ['LATENT'] }],
    ...again('encode2'),
    decode('decode', ['sampler2', 0]),
  ];
}
