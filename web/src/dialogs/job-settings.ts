import type { Job } from '../jobs/jobs.ts';
import { LISTED } from '../panel/restorable.ts';
import { formOfJob } from '../panel/restore.ts';
import type { Form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import type { Texts } from '../texts/index.ts';
import { labelsOf, valueText } from './setting-words.ts';
import type { ShownSettings } from './shown-settings.ts';

/** A line in a list of settings. */
export interface SettingLine {
  readonly label: string;
  readonly text: string;
}

/** All settings of a job, one line each, without those that are off. */
export function settingLines(
  { job, picture }: ShownSettings,
  models: readonly Pick<Model, 'name' | 'licence'>[],
  texts: Texts,
): readonly SettingLine[] {
  const { input } = job;
  const fields = formOfJob(job);
  const labels = labelsOf(texts);
  const words = texts.settings;
  const line = (label: string, text: string | null | undefined): readonly SettingLine[] =>
    text == null || text === '' ? [] : [{ label, text }];
  const licence = models.find(({ name }) => name === input.model)?.licence;
  const { width, height } = input.source ?? { width: 0, height: 0 };
  const link = /^https?:/.test(input.imageUrl) ? input.imageUrl : null; // else it names an upload
  const ofSource = [`${width} × ${height}`, link].filter(Boolean).join(', ');
  return [
    ...LISTED.filter((field) => isAsked(field, fields, job)).map((field) => ({
      label: labels[field]!,
      text: [
        valueText(field, fields[field]!, texts),
        ...(field === 'decoder' && input.tinyDecoder ? [input.tinyDecoder.name] : []),
      ].join(', '),
    })),
    ...ofPicture(job, picture, texts),
    ...line(words.embeddings, input.embeddings.map(({ name }) => name).join(', ')),
    ...line(texts.source.title, input.source && ofSource),
    ...line(words.licence, licence),
  ];
}

/** The seeds that reproduce one picture of a batch alone. */
function ofPicture(job: Job, picture: number | null, { settings: words }: Texts): readonly SettingLine[] {
  const image = job.images.find(({ index }) => index === picture);
  if (!image || job.input.batchSize === 1) return [];
  const number = image.index + 1;
  return [
    { label: words.seedOf(number), text: image.seed },
    ...(image.variationSeed == null
      ? []
      : [{ label: words.variationSeedOf(number), text: image.variationSeed }]),
  ];
}

const OF_SOURCE: ReadonlySet<keyof Form> = new Set(['strength', 'resizeMode']);

/** Values that mean "off". */
const USUAL: Partial<Form> = {
  ...{ prompt: '', negativePrompt: '', count: 1, promptStyle: 'COMFY' },
  ...{ extendLeft: 0, extendTop: 0, extendRight: 0, extendBottom: 0 },
};

/** Whether a job sets a field. */
function isAsked(field: keyof Form, fields: Partial<Form>, { input }: Job): boolean {
  const value = fields[field];
  if (value == null || value === USUAL[field]) return false;
  if (typeof value === 'object') return value.length > 0;
  if (OF_SOURCE.has(field)) return input.source != null;
  if (field === 'upscaleMethod') return fields.upscaleModel == null;
  return field !== 'maskPadding' || fields.maskArea === 'MASKED';
}
