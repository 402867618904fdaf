import { change, form, type Form } from '../state/form.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { RadioRow } from '../ui/radio-row.tsx';
import { Field } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { clearErrors } from './submit.ts';

const NUMBERS = [
  { name: 'maskGrow', min: -64, max: 256, step: 1 },
  { name: 'maskBlur', min: 0, max: 64, step: 1 },
  { name: 'maskPadding', min: 0, max: 512, step: 1 },
] as const;

const DIFFERENTIAL = { min: 0, max: 1, step: 0.01 };

/** How the mask is used; folded. */
export default function MaskSettings() {
  const texts = useTexts().mask;
  const present = useStore(form);
  const set = (fields: Partial<Form>) => {
    clearErrors('mask');
    change(fields);
  };
  const { maskArea, maskFill, maskGrow, maskBlur, maskDifferential } = present;
  return (
    <details className="more mask-settings">
      <summary>
        <span className="label">{texts.settings}</span>
        <span className="note">
          {texts.summary(texts.areas[maskArea], texts.fills[maskFill], maskGrow, maskBlur)}
        </span>
      </summary>
      <div className="more-fields">
        <Field id="mask-area" isGroup label={texts.areaLabel} help={texts.areaHelp}>
          <RadioRow
            name="mask-area"
            label={texts.areaLabel}
            className="segments"
            value={maskArea}
            onChange={(value) => {
              set({ maskArea: value });
            }}
            choices={(['WHOLE', 'MASKED'] as const).map((value) => ({ value, face: texts.areas[value] }))}
          />
        </Field>
        <Field id="mask-fill" isGroup label={texts.fillLabel} help={texts.fillHelp}>
          <RadioRow
            name="mask-fill"
            label={texts.fillLabel}
            className="segments"
            value={maskFill}
            onChange={(value) => {
              set({ maskFill: value });
            }}
            choices={(['ORIGINAL', 'BLANK'] as const).map((value) => ({ value, face: texts.fills[value] }))}
          />
        </Field>
        {NUMBERS.filter(({ name }) => name !== 'maskPadding' || maskArea === 'MASKED').map(
          ({ name, ...bounds }) => (
            <Field
              key={name}
              id={name}
              label={texts.labels[name]}
              help={texts.helps[name]}
              note={
                <NumberField
                  id={name}
                  value={present[name]}
                  {...bounds}
                  onChange={(value) => {
                    set({ [name]: value });
                  }}
                />
              }
            />
          ),
        )}
        <Field
          id="maskDifferential"
          label={texts.labels.maskDifferential}
          help={texts.helps.maskDifferential}
          note={
            <NumberField
              id="maskDifferential"
              value={maskDifferential}
              placeholder={texts.off}
              {...DIFFERENTIAL}
              onChange={(value) => {
                set({ maskDifferential: value });
              }}
              onClear={() => {
                set({ maskDifferential: null });
              }}
            />
          }
        />
      </div>
    </details>
  );
}
