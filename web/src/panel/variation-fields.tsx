import { change, form, type Form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { SeedInput } from './seed-input.tsx';
import { Slider } from './slider.tsx';
import { clearErrors } from './submit.ts';

const BOUNDS = { min: 0, max: 1, step: 0.01 };

/** The variation seed and its strength; 0 is no variation. */
export function VariationFields() {
  const texts = useTexts().variation;
  const { variationStrength: strength, variationSeed: seed } = useStore(form);
  const errors = useErrors(['variation']);
  const set = (fields: Partial<Form>) => {
    clearErrors('variation');
    change(fields);
  };
  const setStrength = (value: number) => {
    set({ variationStrength: value === 0 ? null : value });
  };
  return (
    <>
      <Field
        id="variation"
        label={texts.label}
        help={texts.help}
        errors={errors}
        note={
          <NumberField
            id="variation"
            value={strength ?? 0}
            {...BOUNDS}
            errors={errors}
            onChange={setStrength}
          />
        }
      >
        <Slider
          id="variation-slider"
          label={texts.label}
          value={strength ?? 0}
          {...BOUNDS}
          onChange={setStrength}
        />
      </Field>
      {strength !== null && (
        <Field id="variationSeed" label={texts.seed} help={texts.seedHelp}>
          <SeedInput
            id="variationSeed"
            seed={seed}
            errors={[]}
            names={texts}
            onChange={(variationSeed) => {
              set({ variationSeed });
            }}
          />
        </Field>
      )}
    </>
  );
}
