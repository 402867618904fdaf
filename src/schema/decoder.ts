import type { Decoder, Img2ImgSettings } from '../jobs/request.ts';
import { describedValues, type Builder } from './builder.ts';

/** Decoder: what makes pictures of latents. */
export function addDecoder(builder: Builder) {
  const Type = builder.enumType('Decoder', {
    description: 'What decodes latents into pictures.',
    values: describedValues<Decoder>({
      VAE: "The model's VAE, or the one given as `vae`.",
      TAESD:
        "The tiny decoder of the model's family, if its file is installed (TAESD, TAESDXL or TAEF1): much faster and with less memory, with less detail.",
    }),
  });
  return { Decoder: Type };
}

/** What makes the pictures of a job. */
export const decoderOf = ({ tinyDecoder }: Pick<Img2ImgSettings, 'tinyDecoder'>): Decoder =>
  tinyDecoder ? 'TAESD' : 'VAE';
