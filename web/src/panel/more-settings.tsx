import { Suspense } from 'react';
import { FOLDED, form } from '../state/form.ts';
import { loadSamplers, type Model } from '../state/resources.ts';
import { createKeptStore, useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { lazyPart } from '../ui/lazy-part.ts';
import { useErrors } from './field.tsx';
import { FINE_FIELDS, fineText, MODEL_FIELDS, PICTURE_FIELDS } from './folded-fields.ts';
import { canTile } from './request-parts.ts';
import { foldedIn } from './request.ts';

const MoreFields = lazyPart(() => import('./more-fields.tsx'));

const isUnfolded = createKeptStore('latentql.more', (kept) => kept === true);

/** "More settings": folded, with their values in the title. */
export function MoreSettings({ model }: { readonly model: Model }) {
  const { more: texts, comma, fine, words, variation, tiling: sides, refiner: second } = useTexts();
  const present = useStore(form);
  const isOpen = useStore(isUnfolded);
  const errors = useErrors([...FOLDED, ...PICTURE_FIELDS, ...MODEL_FIELDS, ...FINE_FIELDS]);
  const isShown = isOpen || errors.length > 0;
  const { steps, cfg, samplerName, scheduler } = foldedIn(present, model);
  const finer = fineText(present, model.family, fine);
  const { promptStyle, clipSkip, vae, decoder, refiner, variationStrength, tiling } = present;
  const besides = [
    variationStrength !== null && `${variation.label} ${variationStrength}`,
    promptStyle !== 'COMFY' && words.styles[promptStyle],
    clipSkip !== null && `${words.clipSkip} ${clipSkip}`,
    vae !== null && `VAE ${vae}`,
    decoder === 'TAESD' && decoder,
    refiner !== null && `${second.label} ${refiner}`,
    tiling !== null && canTile(model.family) && sides.sides[tiling],
  ];
  const seed = present.seed === null ? texts.newSeed : texts.seedIs(present.seed);
  return (
    <details
      className="more"
      open={isShown}
      onToggle={({ currentTarget }) => {
        isUnfolded.set(currentTarget.open);
        if (currentTarget.open) void loadSamplers();
      }}
    >
      <summary>
        <span className="label">{texts.label}</span>
        <span className="note">
          {[texts.summary(samplerName, scheduler, steps, cfg, seed), ...besides, finer]
            .filter(Boolean)
            .join(comma)}
        </span>
      </summary>
      <div className="more-fields">
        {isShown && (
          <Suspense>
            <MoreFields model={model} />
          </Suspense>
        )}
      </div>
    </details>
  );
}
