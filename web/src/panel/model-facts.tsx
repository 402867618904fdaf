import { EXAMPLE, relativeAddress } from '../api/picture-address.ts';
import type { Model } from '../state/resources.ts';
import type { Texts } from '../texts/index.ts';
import { bytesText } from '../ui/bytes.ts';
import { BUNDLED } from './choose-model.ts';

/** A model's thumbnail; the bundled model shows the example picture. */
export const Thumbnail = ({ model }: { readonly model: Model | undefined }) => {
  const address = pictureOf(model);
  return address === null ? (
    <span className="model-picture model-blank" data-letter={model?.name.slice(0, 1).toUpperCase() ?? '?'} />
  ) : (
    <img className="model-picture" src={address} width="36" height="36" alt="" />
  );
};

function pictureOf(model: Model | undefined): string | null {
  if (model?.thumbnail != null) return relativeAddress(model.thumbnail);
  return model?.name === BUNDLED ? EXAMPLE : null;
}

/** A model's family, size and state. */
export function stateOf({ family, sizeBytes, loaded }: Model, { model: words, comma }: Texts): string {
  const name = family == null ? null : words.families[family];
  return [name, bytesText(sizeBytes), loaded ? words.loaded : words.ready].filter(Boolean).join(comma);
}

/** A model's recommended settings. */
export const suits = (
  { recommended: { width, height, steps, cfg } }: Model,
  { model: words }: Texts,
): string => words.suits(width, height, steps, cfg);
