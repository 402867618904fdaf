import { FAMILIES } from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { JobFile } from '../jobs/request.ts';
import type { AdapterCatalogs } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { tinyDecoderOf } from '../models/tiny-decoders.ts';
import { contentOf, findAdapter } from './adapters.ts';

/** Path of its field. */
const PATH = ['input', 'decoder'];

/**
 * Finds the tiny decoder of a model's family and records its hash. Throws InputError with the file and its folder if no usable
 * one is installed.
 */
export async function pinTinyDecoder(
  { name, family, hasOwnLatents }: ModelDescription,
  vaes: Pick<AdapterCatalogs['vaes'], 'list' | 'get'>,
): Promise<JobFile> {
  if (family === null)
    throw new InputError('UNSUPPORTED', PATH, `decoder TAESD: the family of ${name} is not known`);
  if (hasOwnLatents) {
    const why = `decoder TAESD: ${name} has its own latent format, which no tiny decoder supports: leave decoder out`;
    throw new InputError('UNSUPPORTED', PATH, why);
  }
  const known = await vaes.list();
  const found = tinyDecoderOf(family, known);
  if (found) {
    const asked = { name: found.file, kind: 'tiny decoder', query: 'vaes', path: PATH };
    return contentOf(await findAdapter(asked, vaes));
  }
  const { title, latent } = FAMILIES[family];
  const broken = known.flatMap(({ tiny, problem }) => (tiny && problem !== null ? [problem] : []));
  const missing =
    `decoder TAESD: ${name} is ${title}, and no usable ${latent.tiny.title} was found: ` +
    `put ${latent.tiny.file} into vae_approx below MODELS_DIR, or leave decoder out`;
  throw new InputError('UNSUPPORTED', PATH, [missing, ...broken].join('; '));
}
