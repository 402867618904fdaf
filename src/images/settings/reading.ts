import type { JobExtend } from '../../jobs/request.ts';
import type { PictureControl } from './controls.ts';
import { asNumber, asText } from './json.ts';
import {
  EMPHASIS_LABELS,
  readNoiseDevice,
  readSampler,
  readSchedule,
  RESIZE_LABELS,
  TILING_LABELS,
} from './names.ts';
import type { PictureSettings, SettingsReading } from './picture-settings.ts';
import { readRefiner } from './refiner.ts';
import { asSeed, fileStem, isMissing, isSiteName, oneLine, shown } from './values.ts';

/** What `img2img` takes; a value beyond is left out. */
export const SETTING_LIMITS = {
  steps: [1, 150],
  cfg: [0, 100],
  denoiseStrength: [0, 1],
  clipSkip: [1, 24],
  eta: [0, 1],
  sNoise: [0, 2],
  rescaleCfg: [0, 1],
  flowShift: [0.1, 100],
  tokenMerging: [0, 0.75],
  guidance: [0, 100],
  side: [64, 2048],
} as const;

const WHOLE: ReadonlySet<string> = new Set(['steps', 'clipSkip']);
const MAX_LORAS = 100;
/** Controls likewise. */
const MAX_CONTROLS = 20;
/** Lines of `leftOut`: a file may state as much as it likes. */
const MAX_LEFT_OUT = 100;

type Field = keyof PictureSettings;
type NumberField = Exclude<keyof typeof SETTING_LIMITS, 'side'>;
type Writable = { -readonly [Name in keyof PictureSettings]: PictureSettings[Name] };

/** Settings as they are read: every value is checked, and whatever cannot be taken is listed. */
export class Draft {
  readonly settings: Writable = {};
  readonly #tool: string;
  readonly #leftOut = new Set<string>();
  /** Fields that the file states but that cannot be taken; nothing else may fill them. */
  readonly #closed = new Set<Field>();

  constructor(tool: string) {
    this.#tool = tool;
  }

  /** What was read, without the fields that were closed. */
  get reading(): SettingsReading {
    const open = Object.entries(this.settings).filter(([field]) => !this.#closed.has(field as Field));
    return { tool: this.#tool, settings: Object.fromEntries(open), leftOut: [...this.#leftOut] };
  }

  /** Whether anything can be restored. */
  get isEmpty(): boolean {
    return Object.keys(this.reading.settings).length === 0;
  }

  /** Says that something is left out. */
  leave(what: string, value?: unknown): void {
    if (this.#leftOut.size >= MAX_LEFT_OUT) return;
    const line = value === undefined ? what : `${what}: ${shown(value)}`;
    this.#leftOut.add(oneLine(line));
  }

  /** Leaves fields unset whatever else is known, and says why. */
  close(fields: Field | readonly Field[], what: string, value?: unknown): void {
    for (const field of [fields].flat()) this.#closed.add(field);
    this.leave(what, value);
  }

  /** Sets a prompt; what is no text is ignored. */
  prompt(field: 'prompt' | 'negativePrompt', value: unknown): void {
    const text = asText(value);
    if (text !== undefined) this.settings[field] = text.replaceAll('\r', '').trim();
  }

  /** Sets a number within its limits. */
  number(field: NumberField, value: unknown, label: string): void {
    if (isMissing(value)) return;
    const number = asNumber(value);
    const [least, most] = SETTING_LIMITS[field];
    const fits = number !== undefined && number >= least && number <= most;
    if (fits && (!WHOLE.has(field) || Number.isInteger(number))) this.settings[field] = number;
    else this.close(field, label, value);
  }

  /** Sets the part of the way on which guidance is applied. */
  cfgInterval(start: unknown, end: unknown, label: string): void {
    if (isMissing(start) && isMissing(end)) return;
    const [from, to] = [asNumber(start) ?? NaN, asNumber(end) ?? NaN];
    if (from >= 0 && from < to && to <= 1) this.settings.cfgInterval = { start: from, end: to };
    else this.close('cfgInterval', label, `${shown(start)} to ${shown(end)}`);
  }

  /** Sets the seed, from a number that is exact or from its digits. */
  seed(value: unknown, label: string): void {
    if (isMissing(value)) return;
    const seed = asSeed(value);
    if (seed === undefined) this.close('seed', label, value);
    else this.settings.seed = seed;
  }

  /** Sets what was added around the source; undefined: it cannot be read. */
  extend(extend: JobExtend | undefined, stated: unknown): void {
    if (extend) this.settings.extend = extend;
    else this.close('extend', 'Extend', stated);
  }

  /** Sets the variation, unless its strength is 0. */
  variation(seed: unknown, strength: unknown, label: string): void {
    if (isMissing(seed) || asNumber(strength) === 0) return;
    const [digits, share] = [asSeed(seed), asNumber(strength) ?? NaN];
    if (digits !== undefined && share > 0 && share <= 1) {
      this.settings.variation = { seed: digits, strength: share };
    } else this.close('variation', label, `${shown(seed)}, strength ${shown(strength)}`);
  }

  /** Sets whose random numbers the noise was made of, in A1111's words. */
  noiseDevice(value: unknown, label: string): void {
    const text = asText(value);
    if (text === undefined || isMissing(value)) return;
    const noiseDevice = readNoiseDevice(text);
    if (noiseDevice) this.settings.noiseDevice = noiseDevice;
    else this.close('noiseDevice', label, text);
  }

  /** Sets the checkpoint that ended the run. */
  refiner(name: unknown, switchAt: unknown, label: string): void {
    if (isMissing(name)) return;
    const refiner = readRefiner(name, switchAt);
    if (refiner) this.settings.refiner = { ...refiner, model: fileStem(refiner.model) };
    else this.close('refiner', label, `${shown(name)}, switch at ${shown(switchAt)}`);
  }

  /** Sets which sides meet, in A1111's words or in this program's. */
  tiling(value: unknown, label: string): void {
    if (!['none', 'false'].includes(asText(value)?.trim().toLowerCase() ?? ''))
      this.#labelled('tiling', TILING_LABELS, value, label);
  }

  /** Sets how the source was brought to the size, likewise. */
  resizeMode(value: unknown, label: string): void {
    this.#labelled('resizeMode', RESIZE_LABELS, value, label);
  }

  /** Sets what made the picture of its latent, in A1111's words. */
  decoder(value: unknown, label: string): void {
    const text = asText(value)?.trim().toLowerCase();
    if (text === undefined || text === '') return;
    if (text === 'taesd') this.settings.decoder = 'TAESD';
    else if (text === 'full') this.settings.decoder = 'VAE';
    else this.close('decoder', label, value);
  }

  /** Sets what weights do, in A1111's words or in this program's. */
  emphasis(value: unknown, label: string): void {
    this.#labelled('emphasis', EMPHASIS_LABELS, value, label);
  }

  /** Sets one of several values by its name or its label. */
  #labelled<Name extends 'tiling' | 'emphasis' | 'resizeMode'>(
    field: Name,
    labels: Readonly<Record<NonNullable<PictureSettings[Name]>, string>>,
    value: unknown,
    label: string,
  ): void {
    const text = asText(value)?.trim().toLowerCase();
    if (text === undefined || text === '') return;
    const found = Object.entries(labels).find((names) =>
      names.some((known) => String(known).toLowerCase() === text),
    );
    if (found) Object.assign(this.settings, { [field]: found[0] });
    else this.close(field, label, value);
  }

  /** Sets width and height, both or neither. */
  size(width: unknown, height: unknown, label: string): void {
    if (isMissing(width) && isMissing(height)) return;
    const [least, most] = SETTING_LIMITS.side;
    const sides = [asNumber(width), asNumber(height)];
    const [w, h] = sides;
    const fits = sides.every((side) => side !== undefined && side >= least && side <= most && side % 8 === 0);
    if (fits && w !== undefined && h !== undefined) Object.assign(this.settings, { width: w, height: h });
    else this.close(['width', 'height'], label, `${shown(width)}x${shown(height)}`);
  }

  /** Sets the size from a text such as `512x768`, `1024 x 832` or `(1152, 896)`. */
  sizeText(value: unknown, label: string): void {
    const text = asText(value)?.slice(0, 100);
    if (text === undefined) return;
    const [, width, height] = /^\s*\(?\s*(\d{1,6})\s*[x×*,]\s*(\d{1,6})\s*\)?\s*$/i.exec(text) ?? [];
    if (width === undefined) this.close(['width', 'height'], label, text);
    else this.size(width, height, label);
  }

  /** Sets the sampler, and the schedule if its name carries one. Gives whether a schedule was stated. */
  sampler(value: unknown, label: string): boolean {
    const text = asText(value);
    if (text === undefined || isMissing(value)) return false;
    const { samplerName, schedule } = readSampler(text);
    if (samplerName) this.settings.samplerName = samplerName;
    else this.close('samplerName', label, text);
    if (schedule !== undefined) this.scheduler(schedule, `${label}: ${text}, schedule`);
    return schedule !== undefined;
  }

  /** Sets the schedule. */
  scheduler(value: unknown, label: string): void {
    const text = asText(value);
    if (text === undefined || isMissing(value)) return;
    const scheduler = readSchedule(text);
    if (scheduler) this.settings.scheduler = scheduler;
    else this.close('scheduler', label, text);
  }

  /** Sets the model from a path or a name. */
  model(value: unknown): void {
    const text = asText(value);
    if (text === undefined || isMissing(value)) return;
    if (isSiteName(text)) this.close('model', 'model of a site', text);
    else this.settings.model = fileStem(text);
  }

  /** Sets the VAE from its file. */
  vae(value: unknown): void {
    const text = asText(value);
    if (text !== undefined && !isMissing(value)) this.settings.vae = fileStem(text);
  }

  /** Sets the model's hash if it can be one of the file's SHA-256 or the old short one. */
  modelHash(value: unknown): void {
    const text = asText(value)?.trim().toLowerCase();
    if (text !== undefined && /^[0-9a-f]{8,64}$/.test(text)) this.settings.modelHash = text;
  }

  /** Adds a LoRA; one without a usable strength makes the list unknown. */
  lora(name: unknown, strength: unknown, strengthClip?: unknown): void {
    const text = asText(name);
    if (text === undefined || isMissing(name)) return;
    const [unet, clip] = [asNumber(strength), asNumber(strengthClip)];
    const known = this.settings.loras ?? [];
    if (isSiteName(text)) {
      this.leave('LoRA of a site', `${text}, strength ${shown(strength)}`);
      return;
    }
    if (unet === undefined || known.length >= MAX_LORAS) {
      this.close('loras', `LoRA ${text}`, strength ?? 'no strength');
      return;
    }
    const lora = { name: fileStem(text), strength: unet, ...(clip !== undefined && { strengthClip: clip }) };
    this.settings.loras = [...known, lora];
  }

  /** Adds a control, or leaves it out if its kind is unknown. Its picture is not in the file. */
  control(control: PictureControl | undefined, what: string, stated: unknown): void {
    const known = this.settings.controls ?? [];
    if (!control || known.length >= MAX_CONTROLS) {
      this.leave(what, stated);
      return;
    }
    this.settings.controls = [...known, control];
    this.leave(what, `the picture of ${control.model}`);
  }

  /** Takes from another reading of the same picture what this one does not state. */
  complete({ settings, leftOut }: SettingsReading): void {
    for (const [field, value] of Object.entries<unknown>({ ...settings })) {
      const isOpen = !Object.hasOwn(this.settings, field) && !this.#closed.has(field as Field);
      if (isOpen) Object.assign(this.settings, { [field]: value });
    }
    for (const line of leftOut) this.leave(line);
  }
}
