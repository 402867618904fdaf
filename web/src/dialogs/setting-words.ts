import type { ChosenControl, ChosenLora } from '../state/chosen.ts';
import type { Form } from '../state/form.ts';
import type { Texts } from '../texts/index.ts';

type Field = keyof Form;

/** The labels of the form's fields in lists. */
export function labelsOf({ restore, fine, extend, source, mask }: Texts): Partial<Record<Field, string>> {
  const below = (title: string, names: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(names).map(([field, name]) => [field, `${title}: ${name}`]));
  return {
    ...restore.fields,
    ...fine.labels,
    ...below(extend.label, { ...extend.sides, extendFeather: extend.feather }),
    resizeMode: source.resizeMode,
    ...below(mask.label, { maskArea: mask.areaLabel, maskFill: mask.fillLabel, ...mask.labels }),
  };
}

/** A field's value for display; an unset one shows what applies instead. */
export function valueText(field: Field, value: Form[Field], texts: Texts): string {
  if (typeof value === 'object' && value !== null) {
    const lines = value.map((one) => ('name' in one ? loraText(one, texts) : controlText(one, texts)));
    return lines.join('\n') || texts.restore.none;
  }
  const choice = choicesOf(texts)[field];
  const worded = choice?.names[String(value ?? choice.unset)];
  if (worded !== undefined) return worded;
  if (value === null || value === '') return unsetTexts(texts)[field] ?? texts.restore.none;
  return String(value);
}

/** Fields with a few choices, and the choice that applies when unset. */
const choicesOf = ({
  words,
  decoder,
  tiling,
  source,
  fine: { choices },
  mask,
}: Texts): Partial<Record<Field, { names: Readonly<Record<string, string>>; unset?: string }>> => ({
  promptStyle: { names: words.styles },
  emphasis: { names: words.emphases, unset: 'ORIGINAL' },
  decoder: { names: decoder.names, unset: 'VAE' },
  tiling: { names: tiling.sides },
  resizeMode: { names: source.resizeModes },
  quality: { names: choices.quality, unset: 'EXACT' },
  noiseDevice: { names: choices.noiseDevice, unset: 'CPU' },
  maskArea: { names: mask.areas },
  maskFill: { names: mask.fills },
});

const unsetTexts = ({ more, fine, vae }: Texts): Partial<Record<Field, string>> => ({
  seed: more.seedNew,
  variationSeed: more.seedNew,
  vae: vae.own,
  ...Object.fromEntries(
    ['model', 'steps', 'cfg', 'samplerName', 'scheduler', 'clipSkip', 'flowShift'].map((field) => [
      field,
      fine.auto,
    ]),
  ),
});

const loraText = ({ name, strength, textStrength }: ChosenLora, { settings }: Texts): string =>
  textStrength == null || textStrength === strength
    ? `${name} ${strength}`
    : `${name} ${strength}, ${settings.textEncoder(textStrength)}`;

function controlText(control: ChosenControl, { control: words, settings }: Texts): string {
  const { model, strength, start, end, preprocessor, mode, picture } = control;
  const numbers = {
    CANNY: ` ${control.cannyLow}–${control.cannyHigh}`,
    BLUR: ` ${control.blur}`,
  }[preprocessor as string];
  return [
    `${model} ${strength}`,
    start === 0 && end === 1 ? null : settings.part(start, end),
    preprocessor === 'NONE' ? null : `${words.preprocessors[preprocessor]}${numbers ?? ''}`,
    mode == null ? null : words.modes[mode],
    picture && words.own,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
