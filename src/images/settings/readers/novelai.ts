import { asText, at, isRecord, parseJson } from '../json.ts';
import { Draft } from '../reading.ts';

/** Options that are off by these values. */
const SWITCHES = [
  'sm',
  'sm_dyn',
  'dynamic_thresholding',
  'cfg_rescale',
  'controlnet_model',
  'skip_cfg_above_sigma',
];

/** The settings of NovelAI: the JSON of its `Comment`; the first versions have the prompt only in the description. Its models are not to be had. */
export function readNovelai(
  comment: unknown,
  { description, source }: { readonly description: string | undefined; readonly source: string | undefined },
): Draft | undefined {
  const json = typeof comment === 'string' ? parseJson(comment) : comment;
  if (!isRecord(json)) return undefined;
  const draft = new Draft('NovelAI');
  draft.prompt('prompt', json['prompt'] ?? at(json, 'v4_prompt', 'caption', 'base_caption') ?? description);
  draft.prompt('negativePrompt', json['uc'] ?? at(json, 'v4_negative_prompt', 'caption', 'base_caption'));
  draft.seed(json['seed'], 'seed');
  draft.number('steps', json['steps'], 'steps');
  draft.number('cfg', json['scale'], 'scale');
  draft.size(json['width'], json['height'], 'size');
  const isNamed = draft.sampler(asText(json['sampler'])?.replace(/^k_/, ''), 'sampler');
  const schedule = json['noise_schedule'];
  if (!isNamed) draft.scheduler(schedule === 'native' ? 'normal' : schedule, 'noise_schedule');
  if (/img2img|infill/i.test(asText(json['request_type']) ?? '')) {
    draft.number('denoiseStrength', json['strength'], 'strength');
  }
  const { prompt = '', negativePrompt = '' } = draft.settings;
  if (/[{}[\]]|\d::/.test(prompt + negativePrompt))
    draft.leave('weights in {} and [], which mean nothing here');
  const characters = at(json, 'v4_prompt', 'caption', 'char_captions');
  if (Array.isArray(characters) && characters.length > 0) draft.leave('prompts for characters', characters);
  for (const key of SWITCHES) if (json[key]) draft.leave(key, json[key]);
  if (source !== undefined) draft.leave('model of the service', source);
  return draft;
}

/** NovelAI's texts as one JSON object, as it writes them into EXIF and into pixels. */
export function readNovelaiTexts(json: unknown): Draft | undefined {
  const comment = at(json, 'Comment');
  const isNovelai =
    asText(at(json, 'Software')) === 'NovelAI' || (asText(at(json, 'Source')) ?? '').startsWith('NovelAI');
  const [description, source] = [asText(at(json, 'Description')), asText(at(json, 'Source'))];
  return comment !== undefined && isNovelai ? readNovelai(comment, { description, source }) : undefined;
}
