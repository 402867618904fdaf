import type { Emphasis, PromptStyle } from '../api/generated/graphql.ts';
import { change, form, type Form } from '../state/form.ts';
import { extras, type Model } from '../state/resources.ts';
import { useStore } from '../state/store.ts';
import { useTexts } from '../texts/index.ts';
import { RadioRow } from '../ui/radio-row.tsx';
import { DecoderField } from './decoder-field.tsx';
import { Field, useErrors } from './field.tsx';
import { NumberField } from './number-field.tsx';
import { RefinerFields } from './refiner-fields.tsx';
import { SelectField } from './select-field.tsx';
import { clearErrors } from './submit.ts';

const STYLES = ['COMFY', 'A1111'] as const satisfies PromptStyle[];
const EMPHASES = ['ORIGINAL', 'NO_NORM', 'IGNORE', 'NONE'] as const satisfies Emphasis[];

const set = (field: keyof Form, value: Form[keyof Form]) => {
  clearErrors(field);
  change({ [field]: value });
};

/** Prompt syntax, clip skip, VAE, decoder and refiner. */
export function ModelSettings({ model }: { readonly model: Model }) {
  return (
    <>
      <Style />
      <ClipSkip />
      <Vae family={model.family} />
      <DecoderField family={model.family} />
      <RefinerFields model={model} />
    </>
  );
}

function Style() {
  const texts = useTexts().words;
  const { promptStyle, emphasis } = useStore(form);
  const errors = useErrors(['promptStyle']);
  return (
    <>
      <Field
        id="promptStyle"
        isGroup
        label={texts.style}
        help={texts.styleHelps[promptStyle]}
        errors={errors}
      >
        <RadioRow
          name="promptStyle"
          label={texts.style}
          className="segments"
          value={promptStyle}
          onChange={(style) => {
            set('promptStyle', style);
          }}
          choices={STYLES.map((value) => ({ value, face: texts.styles[value] }))}
        />
      </Field>
      {promptStyle === 'A1111' && (
        <SelectField
          id="emphasis"
          label={texts.emphasis}
          help={texts.emphasisHelp}
          value={emphasis ?? 'ORIGINAL'}
          choices={EMPHASES.map((value) => [value, texts.emphases[value]] as const)}
          onChange={(value) => {
            change({ emphasis: value === 'ORIGINAL' ? null : value });
          }}
        />
      )}
    </>
  );
}

function ClipSkip() {
  const texts = useTexts();
  const { clipSkip } = useStore(form);
  const errors = useErrors(['clipSkip']);
  return (
    <Field
      id="clipSkip"
      label={texts.words.clipSkip}
      help={texts.words.clipSkipHelp}
      errors={errors}
      note={
        <NumberField
          id="clipSkip"
          value={clipSkip}
          placeholder={texts.fine.auto}
          {...{ min: 1, max: 24, step: 1, errors }}
          onChange={(value) => {
            set('clipSkip', value);
          }}
          onClear={() => {
            set('clipSkip', null);
          }}
        />
      }
    />
  );
}

/** Another VAE, if one is installed for this family. */
function Vae({ family }: { readonly family: Model['family'] }) {
  const texts = useTexts().vae;
  const { vaes } = useStore(extras);
  const { vae } = useStore(form);
  const fitting = vaes
    .filter(({ decoder }) => decoder === 'VAE')
    .filter(({ families, problem }) => problem == null && family != null && families.includes(family))
    .map(({ name }) => name);
  const names = vae !== null && !fitting.includes(vae) ? [vae, ...fitting] : fitting;
  if (names.length === 0) return null;
  return (
    <SelectField
      id="vae"
      label={texts.label}
      help={texts.help}
      value={vae ?? ''}
      choices={[['', texts.own], ...names.map((name) => [name, name] as const)]}
      onChange={(name) => {
        change({ vae: name === '' ? null : name });
      }}
    />
  );
}
