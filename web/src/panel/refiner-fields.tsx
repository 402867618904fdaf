import { change, form } from '../state/form.ts';
import { models, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { isUsable } from './choose-model.ts';
import { Field } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { SelectField } from './select-field.tsx';
import { clearErrors } from './submit.ts';

/** The server's default. */
const USUAL_SWITCH = '0.8';

type Family = NonNullable<Model['family']>;

/** Families that share a latent space, so that one can continue the other's run. */
const ALIKE: readonly (readonly Family[])[] = [
  ['SD15', 'SD2'],
  ['SDXL', 'SDXL_REFINER'],
];

/** The refiner, if the server has a model that fits. */
export function RefinerFields({ model }: { readonly model: Model }) {
  const texts = useTexts().refiner;
  const known = useStore(models) ?? [];
  const { refiner, refinerSwitchAt } = useStore(form);
  const setSwitch = (refinerSwitchAt: number | null) => {
    clearErrors('refiner');
    change({ refinerSwitchAt });
  };
  const fitting = known
    .filter((one) => isUsable(one) && one.name !== model.name && areAlike(one.family, model.family))
    .map(({ name }): string => name);
  const names = refiner !== null && !fitting.includes(refiner) ? [refiner, ...fitting] : fitting;
  if (names.length === 0) return null;
  return (
    <>
      <SelectField
        id="refiner"
        label={texts.label}
        help={texts.help}
        value={refiner ?? ''}
        choices={[['', texts.none], ...names.map((name) => [name, name] as const)]}
        onChange={(name) => {
          change({ refiner: name === '' ? null : name });
        }}
      />
      {refiner !== null && (
        <Field
          id="refinerSwitchAt"
          label={texts.switchAt}
          help={texts.switchAtHelp}
          note={
            <NumberField
              id="refinerSwitchAt"
              value={refinerSwitchAt}
              placeholder={USUAL_SWITCH}
              {...{ min: 0, max: 1, step: 0.01 }}
              onChange={(value) => {
                setSwitch(value);
              }}
              onClear={() => {
                setSwitch(null);
              }}
            />
          }
        />
      )}
    </>
  );
}

const areAlike = (one: Model['family'], other: Model['family']): boolean =>
  one != null && other != null && ALIKE.some((alike) => alike.includes(one) && alike.includes(other));
