import { change, form } from '../state/form.ts';
import { source } from '../state/source.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { Slider } from './slider.tsx';
import { sentenceFor } from './strength-words.ts';
import { clearErrors } from './submit.ts';

/** The denoise strength, with a sentence for its value. */
export function Strength() {
  const texts = useTexts().strength;
  const { strength } = useStore(form);
  const hasSource = useStore(source) !== null;
  const errors = useErrors(['denoiseStrength']);
  const set = (value: number) => {
    clearErrors('denoiseStrength');
    change({ strength: value });
  };
  const sentence = texts.sentences[sentenceFor(strength)]!;
  return (
    <Field
      id="strength"
      label={texts.label}
      help={texts.help}
      errors={errors}
      note={
        <NumberField
          id="strength"
          value={strength}
          min={0}
          max={1}
          step={0.01}
          errors={errors}
          isDisabled={!hasSource}
          onChange={set}
        />
      }
    >
      <Slider
        id="strength-slider"
        label={texts.label}
        valueText={`${strength.toFixed(2)}: ${sentence}`}
        describedBy="strength-help"
        value={strength}
        min={0}
        max={1}
        step={0.01}
        isDisabled={!hasSource}
        onChange={set}
      />
      <p className="ends note">
        <span>{texts.keep}</span>
        <span>{texts.ignore}</span>
      </p>
      <p className="ends note">
        <span>{hasSource ? sentence : texts.withoutSource}</span>
        <span>{texts.name}</span>
      </p>
    </Field>
  );
}
