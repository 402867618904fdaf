import type { Form } from '../state/form.ts';

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
  readonly loras?: readonly { readonly name: string }[];
  readonly leftOut?: readonly string[];
}

/** The fields of the form that a picture's settings give; what it does not state stays as it is. */
export function statedFields(stated: Stated): Partial<Form> {
  const { installedModel, denoiseStrength, width, height } = stated;
  const named = ['prompt', 'negativePrompt', 'seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const;
  const plain = named.filter((name) => stated[name] != null).map((name) => [name, stated[name]]);
  return {
    ...(Object.fromEntries(plain) as Partial<Form>),
    ...(installedModel != null && { model: installedModel }),
    ...(denoiseStrength != null && { strength: denoiseStrength }),
    ...(width != null && height != null && { shape: 'other' as const, width, height }),
  };
}

/** A field that a restore changes. */
export interface Change {
  readonly field: keyof Form;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

const LISTED = [
  ...(['prompt', 'negativePrompt', 'strength', 'model', 'width', 'height'] as const),
  ...(['seed', 'steps', 'cfg', 'samplerName', 'scheduler'] as const),
];

/** The fields in which the form would differ. */
export const changesBy = (fields: Partial<Form>, present: Form): readonly Change[] =>
  LISTED.filter((field) => fields[field] !== undefined && fields[field] !== present[field]).map((field) => ({
    field,
    from: present[field],
    to: fields[field]!,
  }));

/** What a picture states and cannot come back. */
export const lostIn = (
  { model, installedModel, loras = [], leftOut = [] }: Stated,
  notHere: (name: string) => string,
) => [
  ...(model != null && installedModel == null ? [notHere(model)] : []),
  ...loras.map(({ name }) => notHere(`LoRA ${name}`)),
  ...leftOut,
];
