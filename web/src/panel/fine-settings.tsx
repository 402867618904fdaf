import { change, FINE, form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { Field, useErrors } from './field.tsx';
import { FINE_FIELDS, fineText } from './folded-fields.ts';
import { NumberField } from './number-field.tsx';
import { clearErrors } from './submit.ts';

/** A number that few need: its bounds, what holds without it, and which networks know it. */
const NUMBERS = [
  { name: 'eta', field: 'eta', min: 0, max: 1, usual: '1', of: 'all' },
  { name: 'sNoise', field: 'sNoise', min: 0, max: 2, usual: '1', of: 'all' },
  { name: 'rescaleCfg', field: 'rescaleCfg', min: 0, max: 1, usual: '0', of: 'diffusion' },
  { name: 'guidedFrom', field: 'cfgInterval', min: 0, max: 1, usual: '0', of: 'all' },
  { name: 'guidedTo', field: 'cfgInterval', min: 0, max: 1, usual: '1', of: 'all' },
  { name: 'flowShift', field: 'flowShift', min: 0.1, max: 100, usual: 'auto', of: 'flow' },
  { name: 'guidance', field: 'guidance', min: 0, max: 100, usual: '3.5', of: 'flow' },
  { name: 'deepCacheInterval', field: 'deepCache', min: 1, max: 10, usual: '1', of: 'diffusion', step: 1 },
  { name: 'deepCacheDepth', field: 'deepCache', min: 0, max: 11, usual: '3', of: 'diffusion', step: 1 },
  { name: 'tokenMerging', field: 'tokenMerging', min: 0, max: 0.75, usual: '0', of: 'diffusion' },
] as const;

/** The settings that few need, folded once more; an empty field leaves it to the server. */
export function FineSettings({ model }: { readonly model: Model }) {
  const texts = useTexts().fine;
  const present = useStore(form);
  const errors = useErrors(FINE_FIELDS);
  const isSet = FINE.some((name) => present[name] !== null);
  const kind = model.family === 'FLUX' ? 'flow' : 'diffusion';
  return (
    <details className="more fine" open={errors.length > 0 || undefined}>
      <summary>
        <span className="label">{texts.label}</span>
        <span className="note">{isSet ? fineText(present, texts.labels) : texts.none}</span>
      </summary>
      <div className="more-fields">
        {NUMBERS.filter(({ of }) => of === 'all' || of === kind).map((number) => (
          <FineNumber key={number.name} number={number} value={present[number.name]} />
        ))}
        {kind === 'diffusion' && <Choice name="quality" values={['EXACT', 'FAST']} value={present.quality} />}
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

/** One of two words, the first of which holds without it. */
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
