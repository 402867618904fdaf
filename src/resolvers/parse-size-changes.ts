import { InputError } from '../input-error.ts';
import type { JobExtend } from '../jobs/job.ts';
import type { Img2ImgInput } from './img2img-fields.ts';
import { parseExtend } from './parse-extend.ts';
import { type CheckedUpscale, type FirstPass, parseUpscale } from './parse-upscale.ts';

/** What makes a result larger than width × height. */
export interface SizeChanges {
  readonly upscale?: CheckedUpscale;
  readonly extend?: JobExtend;
}

interface Pictures extends FirstPass {
  readonly hasSource: boolean;
  readonly hasMask: boolean;
}

/** Checks them, and that only one is asked for; `fault` takes what is wrong. */
export function parseSizeChanges(
  fields: Pick<Img2ImgInput, 'upscale' | 'extend'>,
  pictures: Pictures,
  fault: (error: InputError) => void,
): SizeChanges {
  const { hasMask } = pictures;
  const upscale = fields.upscale && parseUpscale(fields.upscale, pictures, fault);
  const extend = fields.extend && parseExtend(fields.extend, pictures, fault);
  const conflict = (field: string, message: string) => {
    fault(new InputError('INVALID_VALUE', ['input', field], `${message}: give one of them`));
  };
  if (upscale && hasMask)
    conflict('upscale', 'upscale makes the whole picture anew, mask keeps a part of the source');
  if (upscale && extend) conflict('upscale', 'upscale makes the whole picture anew, extend keeps the source');
  if (extend && hasMask) conflict('extend', 'extend paints around the source, mask within it');
  return { ...(upscale && { upscale }), ...(extend && { extend }) };
}
