import type { JobMask } from '../../jobs/request.ts';
import { asNumber, isRecord } from './json.ts';
import type { PictureMask } from './picture-settings.ts';
import type { Draft } from './reading.ts';

/** Inclusive bounds of a mask's numbers. */
export const MASK_LIMITS = {
  grow: [-64, 256],
  blur: [0, 64],
  padding: [0, 512],
  differential: [0, 1],
} as const;

type MaskNumber = keyof typeof MASK_LIMITS;

const NUMBERS = Object.keys(MASK_LIMITS) as MaskNumber[];
const WHOLE: ReadonlySet<string> = new Set(['grow', 'padding']);

/** What A1111 calls the parts of a picture that are made. */
const AREA_LABELS = { WHOLE: 'Whole picture', MASKED: 'Only masked' } as const satisfies Record<
  JobMask['area'],
  string
>;

/** What A1111 calls what a masked place starts from; it has other greys. */
const FILL_LABELS = { ORIGINAL: 'original', BLANK: 'latent nothing' } as const satisfies Record<
  JobMask['fill'],
  string
>;

const AREAS = Object.keys(AREA_LABELS) as (keyof typeof AREA_LABELS)[];
const FILLS = Object.keys(FILL_LABELS) as (keyof typeof FILL_LABELS)[];

/** Adds to how a mask was used. */
export function addMask(use: PictureMask, draft: Draft): void {
  draft.settings.mask = { ...draft.settings.mask, ...use };
}

/** Says that a mask cannot come back itself, and where it was spoken of. */
export const leaveMask = (where: string, draft: Draft): void => {
  draft.leave('mask', `its picture is not in the file (${where})`);
};

/** Adds a number within its limits. */
export function addMaskNumber(name: MaskNumber, value: unknown, label: string, draft: Draft): void {
  if (value === undefined || value === null) return;
  const number = asNumber(value) ?? NaN;
  const [least, most] = MASK_LIMITS[name];
  const isKind = !WHOLE.has(name) || Number.isInteger(number);
  if (number >= least && number <= most && isKind) addMask({ [name]: number }, draft);
  else draft.leave(label, value);
}

/** A mask as this program writes it. */
export function addOwnMask(mask: unknown, draft: Draft): void {
  if (!isRecord(mask)) return;
  leaveMask('its own settings are', draft);
  const [fill, area] = [mask['fill'], mask['area']];
  const knownFill = FILLS.find((name) => name === fill);
  const knownArea = AREAS.find((name) => name === area);
  if (knownFill) addMask({ fill: knownFill }, draft);
  else draft.leave('mask, fill', fill);
  if (knownArea) addMask({ area: knownArea }, draft);
  else draft.leave('mask, area', area);
  for (const name of NUMBERS) addMaskNumber(name, mask[name], `mask, ${name}`, draft);
}

/** A mask's settings as A1111 names them, and those that it has not under names like them. */
export const maskTexts = (mask: JobMask): Record<string, string | number> => ({
  'Mask blur': mask.blur,
  ...(mask.grow !== 0 && { 'Mask grow': mask.grow }),
  ...(mask.differential !== null && { 'Mask differential': mask.differential }),
  'Masked content': FILL_LABELS[mask.fill],
  'Inpaint area': AREA_LABELS[mask.area],
  'Masked area padding': mask.padding,
});

/** The reverse of `maskTexts`; of a text that is not this program's, what means the same here. */
export function addMaskTexts(taken: (key: string) => string | undefined, isOwn: boolean, draft: Draft): void {
  const stated: string[] = [];
  const take = (key: string): string | undefined => {
    const value = taken(key.toLowerCase());
    if (value !== undefined) stated.push(`${key}: ${value}`);
    return value;
  };
  const number = (name: MaskNumber, key: string) => {
    addMaskNumber(name, take(key), key, draft);
  };
  number('blur', 'Mask blur');
  number('padding', 'Masked area padding');
  if (isOwn) number('grow', 'Mask grow');
  if (isOwn) number('differential', 'Mask differential');
  const mode = take('Mask mode')?.toLowerCase();
  if (mode === 'inpaint not masked') addMask({ invert: true }, draft);
  const area = take('Inpaint area')?.toLowerCase();
  const known = AREAS.find((name) => AREA_LABELS[name].toLowerCase() === area);
  if (known) addMask({ area: known }, draft);
  const content = take('Masked content')?.toLowerCase();
  const fill = FILLS.find((name) => FILL_LABELS[name] === content);
  if (fill && (isOwn || fill === 'ORIGINAL')) addMask({ fill }, draft);
  else if (content !== undefined) draft.leave('Masked content', content);
  if (stated.length > 0) leaveMask(stated.join(', '), draft);
}
