import { lazy, Suspense, useState } from 'react';
import type { ChosenLora } from '../state/chosen.ts';
import { change, form } from '../state/form.ts';
import { extras, loadExtras, type Lora, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { Field, useErrors } from './field.tsx';
import { withWord } from './lora-words.ts';
import { NumberField } from './number-field.tsx';
import { Slider } from './slider.tsx';
import { clearErrors } from './submit.ts';

const LoraDialog = lazy(() => import('../dialogs/lora-dialog.tsx'));

/** Strengths that the slider reaches; the number reaches further. */
const SLIDER = { min: -1, max: 2, step: 0.05 };

/** Trigger words that are offered of one LoRA. */
const WORDS = 6;

/** The LoRAs that are added, each with its strength and its words; nothing where the server has none. */
export function Loras({ model }: { readonly model: Model | undefined }) {
  const texts = useTexts().lora;
  const { loras: known } = useStore(extras);
  const { loras: chosen } = useStore(form);
  const errors = useErrors(['loras']);
  const [isOpen, setOpen] = useState(false);
  if (known.length === 0 && chosen.length === 0) return null;
  const open = () => {
    setOpen(true);
    void loadExtras();
  };
  return (
    <Field
      id="loras"
      isGroup
      label={texts.label}
      help={texts.help}
      errors={errors}
      note={
        <button
          type="button"
          className="link"
          aria-haspopup="dialog"
          data-invalid={errors.length > 0 || undefined}
          aria-describedby="loras-help loras-errors"
          onClick={open}
        >
          {texts.add}
        </button>
      }
    >
      {chosen.length === 0 ? (
        <p className="note">{texts.none}</p>
      ) : (
        <ul className="loras">
          {chosen.map((lora) => (
            <li key={lora.name}>
              <Row lora={lora} known={known.find(({ name }) => name === lora.name)} />
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <Suspense>
          <LoraDialog
            family={model?.family}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </Field>
  );
}

function Row({ lora, known }: { readonly lora: ChosenLora; readonly known: Lora | undefined }) {
  const texts = useTexts().lora;
  const { loras: chosen, prompt } = useStore(form);
  const label = texts.strengthOf(lora.name);
  const set = (strength: number) => {
    clearErrors('loras');
    change({ loras: chosen.map((one) => (one.name === lora.name ? { ...one, strength } : one)) });
  };
  return (
    <>
      <div className="lora-head">
        <span className="lora-name" title={known?.title ?? lora.name}>
          {lora.name}
        </span>
        <NumberField
          id={`lora-${lora.name}`}
          label={label}
          value={lora.strength}
          min={-10}
          max={10}
          step={0.01}
          onChange={set}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={texts.remove(lora.name)}
          title={texts.remove(lora.name)}
          onClick={() => {
            clearErrors('loras');
            change({ loras: chosen.filter(({ name }) => name !== lora.name) });
          }}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
      <Slider
        id={`lora-slider-${lora.name}`}
        label={label}
        value={Math.max(SLIDER.min, lora.strength)}
        {...SLIDER}
        onChange={set}
      />
      {known && known.triggerWords.length > 0 && (
        <p className="words" role="group" aria-label={texts.words(lora.name)}>
          {known.triggerWords.slice(0, WORDS).map((word) => (
            <button
              key={word}
              type="button"
              className="word"
              disabled={withWord(prompt, word) === prompt}
              title={texts.addWord(word)}
              aria-label={texts.addWord(word)}
              onClick={() => {
                clearErrors('prompt');
                change({ prompt: withWord(prompt, word) });
              }}
            >
              {word}
            </button>
          ))}
        </p>
      )}
    </>
  );
}
