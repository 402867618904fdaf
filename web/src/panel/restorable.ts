import { FINE, type ChosenLora, type Form } from '../state/form.ts';

/** Settings that a picture states, as far as the form has a place for them. */
export interface Stated {
  readonly installedModel?: string | null;
  readonly model?: string | null;
  readonly prompt?: string | null;
  readonly negativePrompt?: string | null;
  readonly seed?: string | null;
  readonly steps?: number | null;
  readonly cfg?: number | null;
  readonly samplerName?: Form['samplerName'];
  readonly scheduler?: Form['scheduler'];
  readonly width?: number | null;
  readonly height?: number | null;
  readonly denoiseStrength?: number | null;
  readonly eta?: number | null;
  readonly sNoise?: number | null;
  readonly rescaleCfg?: number | null;
  readonly cfgInterval?: { readonly start: number; readonly end: number } | null;
  readonly flowShift?: number | null;
  readonly noiseDevice?: Form['noiseDevice'];
  readonly loras?: readonly ChosenLora[];
  readonly leftOut?: readonly string[];
}

const NAMED = [
  ...(['prompt', 'negativePrompt', 'seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const),
  ...(['eta', 'sNoise', 'rescaleCfg', 'flowShift', 'noiseDevice'] as const),
];

/** The fields of the form that a picture's settings give; what it does not state stays as it is. `here`: names of LoRAs. */
export function statedFields(stated: Stated, here: readonly string[] = []): Partial<Form> {
  const { installedModel, denoiseStrength, width, height, cfgInterval, loras = [] } = stated;
  const found = loras.filter(({ name }) => here.includes(name));
  const plain = NAMED.filter((name) => stated[name] != null).map((name) => [name, stated[name]]);
  return {
    ...(Object.fromEntries(plain) as Partial<Form>),
    ...(installedModel != null && { model: installedModel }),
    ...(denoiseStrength != null && { strength: denoiseStrength }),
    ...(cfgInterval && { guidedFrom: cfgInterval.start, guidedTo: cfgInterval.end }),
    ...(found.length > 0 && { loras: found.map(({ name, strength }) => ({ name, strength })) }),
    ...(width != null && height != null && { shape: 'other' as const, width, height }),
  };
}

/** A field that a restore changes. */
export interface Change {
  readonly field: keyof Form;
  readonly from: Form[keyof Form];
  readonly to: Form[keyof Form];
}

const LISTED = [
  ...(['prompt', 'negativePrompt', 'strength', 'model', 'width', 'height'] as const),
  ...(['seed', 'steps', 'cfg', 'samplerName', 'scheduler', 'loras'] as const),
  ...FINE,
];

/** The fields in which the form would differ. */
export const changesBy = (fields: Partial<Form>, present: Form): readonly Change[] =>
  LISTED.filter(
    (field) =>
      fields[field] !== undefined && JSON.stringify(fields[field]) !== JSON.stringify(present[field]),
  ).map((field) => ({
    field,
    from: present[field],
    to: fields[field]!,
  }));

/** What a picture states and cannot come back. */
export const lostIn = (
  { model, installedModel, loras = [], leftOut = [] }: Stated,
  notHere: (name: string) => string,
  here: readonly string[] = [],
) => [
  ...(model != null && installedModel == null ? [notHere(model)] : []),
  ...loras.filter(({ name }) => !here.includes(name)).map(({ name }) => notHere(`LoRA ${name}`)),
  ...leftOut,
];
