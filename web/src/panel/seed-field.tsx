import { change, form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { SeedInput } from './seed-input.tsx';
import { clearErrors } from './submit.ts';

/** The seed. */
export function SeedField() {
  const texts = useTexts().more;
  const { seed } = useStore(form);
  const errors = useErrors(['seed']);
  return (
    <Field id="seed" label={texts.seed} help={texts.seedHelp} errors={errors}>
      <SeedInput
        id="seed"
        seed={seed}
        errors={errors}
        names={texts}
        onChange={(value) => {
          clearErrors('seed');
          change({ seed: value });
        }}
      />
    </Field>
  );
}
