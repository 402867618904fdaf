import '../styles/parts.css';
import type { ChosenLora } from '../state/chosen.ts';
import { change, form } from '../state/form.ts';
import type { Lora } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Icon } from '../ui/icon.tsx';
import { withWord } from './lora-words.ts';
import { NumberField } from './number-field.tsx';
import { Slider } from './slider.tsx';
import { clearErrors } from './submit.ts';

/** Range of the slider; the number field allows more. */
const SLIDER = { min: -1, max: 2, step: 0.05 };

/** Most trigger words shown per LoRA. */
const WORDS = 6;

/** One LoRA: its strengths and trigger words. */
export default function LoraRow({
  lora,
  known,
}: {
  readonly lora: ChosenLora;
  readonly known: Lora | undefined;
}) {
  const texts = useTexts().lora;
  const { loras: chosen, prompt } = useStore(form);
  const label = texts.strengthOf(lora.name);
  const put = (fields: Partial<ChosenLora>) => {
    clearErrors('loras');
    change({ loras: chosen.map((one) => (one.name === lora.name ? { ...one, ...fields } : one)) });
  };
  const set = (strength: number) => {
    put({ strength });
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
      <label className="control-line">
        <span className="note">{texts.textStrength}</span>
        <NumberField
          id={`lora-text-${lora.name}`}
          label={texts.textStrengthOf(lora.name)}
          value={lora.textStrength ?? null}
          placeholder={texts.asAbove}
          {...{ min: -10, max: 10, step: 0.01 }}
          onChange={(textStrength) => {
            put({ textStrength });
          }}
          onClear={() => {
            put({ textStrength: null });
          }}
        />
      </label>
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
