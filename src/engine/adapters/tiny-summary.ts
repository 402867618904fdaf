import { openTinyDecoder, type TinyDecoder } from '../checkpoint/tiny-decoder.ts';
import { CheckpointError } from '../errors.ts';
import { FAMILIES, MODEL_FAMILIES, type ModelFamily } from '../families/index.ts';
import { inspectPart } from './part-summary.ts';
import type { VaeSummary } from './vae-summary.ts';

type Tiny = Pick<VaeSummary, 'families' | 'tiny'>;

/**
 * Inspects a tiny decoder. Returns undefined if the file is something else. `file` is its path relative to
 * MODELS_DIR; `check` builds its network and throws CheckpointError.
 */
export const inspectTinyDecoder = (
  path: string,
  file: string,
  check: (tiny: TinyDecoder) => void,
): Promise<VaeSummary | undefined> =>
  inspectPart<Tiny>(path, 'tinyVae', { families: [], tiny: true }, async ({ name }) => {
    const tiny = await openTinyDecoder(path);
    check(tiny);
    return { families: familiesOf(tiny, name, file), tiny: true };
  });

/** The families whose latents it decodes, the most common one first, by the file's or folder's name. */
function familiesOf({ channels }: TinyDecoder, name: string, file: string): ModelFamily[] {
  const names = file.split('/').reverse().flatMap(tinyNames);
  const named = names[0];
  const suited = MODEL_FAMILIES.toReversed().filter((family) => {
    const { latent } = FAMILIES[family];
    return latent.channels === channels && (named === undefined || latent.tiny.named.test(named));
  });
  const kinds = new Set(suited.map((family) => FAMILIES[family].latent.tiny));
  if (kinds.size === 1) return suited;
  const known = [...new Set(MODEL_FAMILIES.toReversed().map((family) => FAMILIES[family].latent))]
    .map(({ tiny, channels: own }) => `${tiny.file} (${tiny.title}, ${own} channels)`)
    .join(', ');
  const found = named === undefined ? 'its name does not contain a family' : `it is called ${named}`;
  throw new CheckpointError(
    `${name}: a tiny decoder for latents of ${channels} channels, ${found}: expected one of ${known}`,
  );
}

/** The part of a file's or folder's name that looks like a tiny autoencoder's (`taesd…`, `taef1…`). */
const tinyNames = (name: string): string[] =>
  /(?<![a-z])tae[-_. ]?[a-z]+\d*[-_. ]?[a-z\d]*/i.exec(name) ?? [];
