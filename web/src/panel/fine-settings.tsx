import { change, form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { FINE_FIELDS, fineText, meansSomething } from './folded-fields.ts';
import { NumberField } from './number-field.tsx';
import { clearErrors } from './submit.ts';

/** The number fields with their bounds and defaults. */
const NUMBERS = [
  { name: 'eta', field: 'eta', min: 0, max: 1, usual: '1' },
  { name: 'sNoise', field: 'sNoise', min: 0, max: 2, usual: '1' },
  { name: 'rescaleCfg', field: 'rescaleCfg', min: 0, max: 1, usual: '0' },
  { name: 'guidedFrom', field: 'cfgInterval', min: 0, max: 1, usual: '0' },
  { name: 'guidedTo', field: 'cfgInterval', min: 0, max: 1, usual: '1' },
  { name: 'flowShift', field: 'flowShift', min: 0.1, max: 100, usual: 'auto' },
  { name: 'guidance', field: 'guidance', min: 0, max: 100, usual: '3.5' },
  { name: 'deepCacheInterval', field: 'deepCache', min: 1, max: 10, usual: '1', step: 1 },
  { name: 'deepCacheDepth', field: 'deepCache', min: 0, max: 11, usual: '3', step: 1 },
  { name: 'tokenMerging', field: 'tokenMerging', min: 0, max: 0.75, usual: '0' },
] as const;

/** The advanced settings; an empty field leaves the value to the server. */
export function FineSettings({ model }: { readonly model: Model }) {
  const texts = useTexts().fine;
  const present = useStore(form);
  const errors = useErrors(FINE_FIELDS);
  const { family } = model;
  return (
    <details className="more fine" open={errors.length > 0 || undefined}>
      <summary>
        <span className="label">{texts.label}</span>
        <span className="note">{fineText(present, family, texts) || texts.none}</span>
      </summary>
      <div className="more-fields">
        {NUMBERS.filter(({ name }) => meansSomething(name, family)).map((number) => (
          <FineNumber key={number.name} number={number} value={present[number.name]} />
        ))}
        {meansSomething('quality', family) && (
          <Choice name="quality" values={['EXACT', 'FAST']} value={present.quality} />
        )}
        <Choice name="noiseDevice" values={['CPU', 'GPU']} value={present.noiseDevice} />
      </div>
    </details>
  );
}

function FineNumber({
  number: { name, field, min, max, usual, ...number },
  value,
}: {
  readonly number: (typeof NUMBERS)[number];
  readonly value: number | null;
}) {
  const texts = useTexts().fine;
  const errors = useErrors([field]);
  const set = (next: number | null) => {
    clearErrors(field);
    change({ [name]: next });
  };
  return (
    <Field
      id={name}
      label={texts.labels[name]}
      help={texts.helps[name]}
      errors={errors}
      note={
        <NumberField
          id={name}
          value={value}
          placeholder={usual === 'auto' ? texts.auto : usual}
          step={'step' in number ? number.step : 0.01}
          {...{ min, max, errors }}
          onChange={set}
          onClear={() => {
            set(null);
          }}
        />
      }
    />
  );
}

/** A choice of two; the first is the default. */
function Choice({
  name,
  values,
  value,
}: {
  readonly name: 'quality' | 'noiseDevice';
  readonly values: readonly [string, string];
  readonly value: string | null;
}) {
  const texts = useTexts().fine;
  const names: Readonly<Record<string, string>> = texts.choices[name];
  const errors = useErrors([name]);
  return (
    <Field
      id={name}
      label={texts.labels[name]}
      help={texts.helps[name]}
      errors={errors}
      note={
        <select
          id={name}
          className="short"
          value={value ?? values[0]}
          aria-describedby={`${name}-help ${name}-errors`}
          aria-invalid={errors.length > 0}
          onChange={({ target }) => {
            clearErrors(name);
            change({ [name]: target.value === values[0] ? null : target.value });
          }}
        >
          {values.map((one) => (
            <option key={one} value={one}>
              {names[one]}
            </option>
          ))}
        </select>
      }
    />
  );
}
