import type {
  CfgInterval,
  DeepCacheInput,
  Img2ImgInput,
  LoraInput,
  MaskArea,
  MaskFill,
  MaskInput,
  NoiseDevice,
  Quality,
  ResizeMode,
  SamplerName,
  Scheduler,
} from '../api/generated/graphql.ts';
import type { Job } from '../jobs/jobs.ts';
import type { ChosenLora } from '../state/chosen.ts';
import type { Form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import { fineOf } from './folded-fields.ts';
import { partsIn, partsOfJob, type RequestParts } from './request-parts.ts';
import type { Size } from './size.ts';

/** A request as it is sent: the common fields are always given, the others only where set. */
export interface Request extends FineSettings, RequestParts {
  readonly modelName: string;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly denoiseStrength: number;
  readonly resizeMode: ResizeMode;
  readonly width: number;
  readonly height: number;
  readonly batchSize: number;
  readonly seed: string | null;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: SamplerName;
  readonly scheduler: Scheduler;
  readonly loras?: LoraInput[];
}

interface FineSettings {
  readonly eta?: number;
  readonly sNoise?: number;
  readonly rescaleCfg?: number;
  readonly cfgInterval?: CfgInterval;
  readonly flowShift?: number;
  readonly deepCache?: DeepCacheInput;
  readonly tokenMerging?: number;
  readonly guidance?: number;
  readonly quality?: Quality;
  readonly noiseDevice?: NoiseDevice;
}

/** The form's steps, cfg, sampler and scheduler, else the model's. */
export const foldedIn = (
  { steps, cfg, samplerName, scheduler }: Pick<Form, 'steps' | 'cfg' | 'samplerName' | 'scheduler'>,
  { recommended }: Pick<Model, 'recommended'>,
) => ({
  steps: steps ?? recommended.steps,
  cfg: cfg ?? recommended.cfg,
  samplerName: samplerName ?? recommended.samplerName,
  scheduler: scheduler ?? recommended.scheduler,
});

/** What a form asks for, without its source. */
export const requestOf = (form: Form, model: Model, { width, height }: Size): Request => ({
  modelName: model.name,
  prompt: form.prompt,
  negativePrompt: form.negativePrompt,
  denoiseStrength: form.strength,
  resizeMode: form.resizeMode,
  width,
  height,
  batchSize: form.count,
  seed: form.seed,
  ...foldedIn(form, model),
  ...fineIn(form, model),
  ...partsIn(form, model),
  ...(form.loras.length > 0 && { loras: form.loras.map(loraInput) }),
});

/** `textStrength` is left out where it equals `strength`: the server's default. */
const loraInput = ({ name, strength, textStrength }: ChosenLora): LoraInput => ({
  name,
  strength,
  ...(textStrength != null && textStrength !== strength && { textStrength }),
});

/** The advanced settings that are set and apply to this family. */
function fineIn(form: Form, { family }: Pick<Model, 'family'>): FineSettings {
  const {
    guidedFrom,
    guidedTo,
    deepCacheInterval: interval,
    deepCacheDepth: depth,
    ...rest
  } = fineOf(form, family);
  const isSet = Object.entries(rest).filter(([, value]) => value !== null);
  return {
    ...(Object.fromEntries(isSet) as FineSettings),
    ...((guidedFrom !== null || guidedTo !== null) && {
      cfgInterval: { start: guidedFrom ?? 0, end: guidedTo ?? 1 },
    }),
    ...(interval !== null && { deepCache: { interval, ...(depth !== null && { depth }) } }),
  };
}

/** The source of a request, with its mask and extension; empty for text to image. */
export type SourceFields = Pick<Img2ImgInput, 'imageId' | 'mask' | 'extend'>;

/** How the mask of a form is used. */
export const maskSettings = (form: Form): MaskInput => ({
  grow: form.maskGrow,
  blur: form.maskBlur,
  fill: form.maskFill,
  area: form.maskArea,
  ...(form.maskArea === 'MASKED' && { padding: form.maskPadding }),
  ...(form.maskDifferential !== null && { differential: form.maskDifferential }),
});

/** A random 128-bit key in hex; works over plain http, unlike `crypto.randomUUID`. */
export const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The request that made a job, as it was sent. */
export const requestOfJob = ({ input }: Job): Request => ({
  modelName: input.model,
  prompt: input.prompt,
  negativePrompt: input.negativePrompt,
  denoiseStrength: input.denoiseStrength,
  // Strings, because a newer server may have accepted the job; this one refuses unknown values with a reason.
  resizeMode: input.resizeMode as ResizeMode,
  width: input.width,
  height: input.height,
  batchSize: input.batchSize,
  seed: input.seed,
  steps: input.steps,
  cfg: input.cfg,
  samplerName: input.samplerName as SamplerName,
  scheduler: input.scheduler as Scheduler,
  ...(input.eta != null && { eta: input.eta }),
  ...(input.sNoise != null && { sNoise: input.sNoise }),
  ...(input.rescaleCfg != null && { rescaleCfg: input.rescaleCfg }),
  ...(input.cfgInterval && { cfgInterval: { start: input.cfgInterval.start, end: input.cfgInterval.end } }),
  ...(input.flowShift != null && { flowShift: input.flowShift }),
  ...(input.guidance != null && { guidance: input.guidance }),
  ...(input.deepCache && { deepCache: { interval: input.deepCache.interval, depth: input.deepCache.depth } }),
  ...(input.tokenMerging != null && { tokenMerging: input.tokenMerging }),
  ...(input.quality === 'FAST' && { quality: 'FAST' as const }),
  ...(input.noiseDevice !== 'CPU' && { noiseDevice: input.noiseDevice as NoiseDevice }),
  ...partsOfJob(input),
  ...(input.loras.length > 0 && {
    loras: input.loras.map(loraInput),
  }),
});

/** The mask of a job's request; undefined without one. */
export function maskOfJob({ input: { mask } }: Job): MaskInput | undefined {
  if (!mask) return undefined;
  const { image, fill, area, grow, blur, padding, differential } = mask;
  return {
    imageId: image.id,
    fill: fill as MaskFill,
    area: area as MaskArea,
    grow,
    blur,
    padding,
    ...(differential != null && { differential }),
  };
}
