import type { Img2ImgInput, ResizeMode, SamplerName, Scheduler } from '../api/generated/graphql.ts';
import type { Job } from '../jobs/jobs.ts';
import type { Form } from '../state/form.ts';
import type { Model } from '../state/resources.ts';
import type { Size } from './size.ts';

/** A request as it is sent: nothing is left to a default. */
export interface Request {
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
}

/** The settings that are folded, as they hold: those of the form, else the model's. */
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
});

/** A source as the API takes it; one of them or none. */
export type SourceFields = Pick<Img2ImgInput, 'image' | 'imageId' | 'imageUrl'>;

/** A random 128-bit key in hex, also on a page that came over plain http. */
export const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The request that made a job, as it was sent. */
export const requestOfJob = ({ input }: Job): Request => ({
  modelName: input.model,
  prompt: input.prompt,
  negativePrompt: input.negativePrompt,
  denoiseStrength: input.denoiseStrength,
  // Texts, because a newer server may have accepted the job; this one then refuses them with a reason.
  resizeMode: input.resizeMode as ResizeMode,
  width: input.width,
  height: input.height,
  batchSize: input.batchSize,
  seed: input.seed,
  steps: input.steps,
  cfg: input.cfg,
  samplerName: input.samplerName as SamplerName,
  scheduler: input.scheduler as Scheduler,
});
