import {
  IMG2IMG_DEFAULTS,
  IMG2IMG_LIMITS,
  LORA_STRENGTH_LIMITS,
  MAX_LORAS,
  MAX_PROMPT_LENGTH,
  PRIORITY_LIMITS,
} from '../resolvers/img2img-fields.ts';
import { submitImg2Img } from '../resolvers/submit-img2img.ts';
import { payloadOf, type JobPayload } from '../resolvers/errors.ts';
import type { Builder } from './builder.ts';
import type { addJob } from './job.ts';
import type { addJobInput } from './job-input.ts';
import type { addModels } from './model.ts';
import type { addSamplers } from './sampler.ts';
import type { addSchedulers } from './scheduler.ts';
import type { addUserError } from './user-error.ts';

type Parts = ReturnType<typeof addModels> &
  ReturnType<typeof addSamplers> &
  ReturnType<typeof addSchedulers> &
  ReturnType<typeof addJobInput> &
  ReturnType<typeof addJob> &
  ReturnType<typeof addUserError>;

const range = ([least, most]: readonly [number, number]) => `${least} to ${most}`;

/** Img2ImgInput, Img2ImgPayload and Mutation.img2img. */
export function addImg2Img(
  builder: Builder,
  { Model, defaultModel, SamplerName, Scheduler, ResizeMode, NoiseDevice, Job, UserError }: Parts,
): void {
  const defaults = IMG2IMG_DEFAULTS;
  const limits = IMG2IMG_LIMITS;

  const LoraInput = builder.inputType('LoraInput', {
    description: 'A LoRA to add.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name in the `loras` query.' }),
      strength: t.float({
        defaultValue: 1,
        description: `Strength, ${range(LORA_STRENGTH_LIMITS)}; 0 is without it.`,
      }),
      textStrength: t.float({ description: 'Strength in the text encoders; `strength` if left out.' }),
    }),
  });

  const Input = builder.inputType('Img2ImgInput', {
    description:
      'The settings of a job. A field that is left out has its default. null means what the model recommends for `width`, ' +
      '`height`, `steps`, `cfg`, `samplerName` and `scheduler`, a random seed for `seed`, and the default elsewhere. ' +
      'Without `image`, `imageId` and `imageUrl` the job starts from noise (text to image).',
    fields: (t) => ({
      model: t.field({ type: Model, defaultValue: defaultModel, description: 'The checkpoint.' }),
      modelName: t.string({ description: 'The checkpoint by its name as text; replaces `model`.' }),
      seed: t.field({
        type: 'Seed',
        defaultValue: defaults.seed,
        description: 'Seed of the first image, image i has seed + i; null or -1 draws one.',
      }),
      steps: t.int({ defaultValue: defaults.steps, description: `Steps, ${range(limits.steps)}.` }),
      batchSize: t.int({
        defaultValue: defaults.batchSize,
        description: `Number of images, ${range(limits.batchSize)}.`,
      }),
      width: t.int({
        defaultValue: defaults.width,
        description: `Width in pixels, ${range(limits.width)}, a multiple of 8 (16 for FLUX).`,
      }),
      height: t.int({
        defaultValue: defaults.height,
        description: `Height in pixels, ${range(limits.height)}, a multiple of 8 (16 for FLUX).`,
      }),
      samplerName: t.field({
        type: SamplerName,
        defaultValue: defaults.samplerName,
        description: 'Sampling algorithm (ComfyUI name).',
      }),
      cfg: t.float({
        defaultValue: defaults.cfg,
        description: `Guidance scale, ${range(limits.cfg)}: how closely to follow the prompts; 1 is without guidance.`,
      }),
      denoiseStrength: t.float({
        defaultValue: defaults.denoiseStrength,
        description: `How much of the source is replaced, ${range(limits.denoiseStrength)}: 0 keeps it, 1 ignores it.`,
      }),
      scheduler: t.field({
        type: Scheduler,
        defaultValue: defaults.scheduler,
        description: 'Schedule of the noise levels (ComfyUI name).',
      }),
      prompt: t.string({
        defaultValue: defaults.prompt,
        description: `Prompt. \`(word:1.2)\` sets a weight. At most ${MAX_PROMPT_LENGTH} characters.`,
      }),
      loras: t.field({
        type: [LoraInput],
        description: `LoRAs, the first added first; \`<lora:name:0.8>\` in a prompt adds one, too. At most ${MAX_LORAS}.`,
      }),
      negativePrompt: t.string({
        defaultValue: defaults.negativePrompt,
        description: 'Negative prompt, in the same form.',
      }),
      imageUrl: t.string({
        defaultValue: defaults.imageUrl,
        description:
          'The source image as an http(s) or data: URL, or as a path on this server such as `/example.png`.',
      }),
      image: t.field({
        type: 'Upload',
        description: 'The source image as an upload, instead of `imageUrl`.',
      }),
      imageId: t.id({
        description: 'The source image as the `id` of an `Image` or `SourceImage`, instead of `imageUrl`.',
      }),
      resizeMode: t.field({
        type: ResizeMode,
        defaultValue: defaults.resizeMode,
        description: 'How the source is fitted to width × height.',
      }),
      noiseDevice: t.field({
        type: NoiseDevice,
        defaultValue: defaults.noiseDevice,
        description: 'Whose random numbers the noise is made of.',
      }),
    }),
  });

  const Payload = builder.objectRef<JobPayload>('Img2ImgPayload').implement({
    description: 'The accepted job, or why none was accepted.',
    fields: (t) => ({
      job: t.expose('job', { type: Job, nullable: true, description: 'The job; null if there are errors.' }),
      userErrors: t.expose('userErrors', {
        type: [UserError],
        description: 'Everything that is wrong with the request.',
      }),
    }),
  });

  builder.mutationField('img2img', (t) =>
    t.field({
      type: Payload,
      description:
        'Accepts a job and answers as soon as it is durable; follow it with `img2imgProgress` or `job`.',
      args: {
        input: t.arg({ type: Input, required: true, description: 'The settings of the job.' }),
        priority: t.arg.int({
          defaultValue: 0,
          description: `Higher runs first, ${range(PRIORITY_LIMITS)}; API keys share each priority fairly, each with its own jobs in order of arrival.`,
        }),
        idempotencyKey: t.arg.string({
          description:
            'Any text: the same request with the same key gives the same job, so that it can be repeated.',
        }),
      },
      resolve: (_root, { input, priority, idempotencyKey }, { services, caller, ownUrls }) =>
        payloadOf(() =>
          submitImg2Img(
            { fields: input, priority: priority ?? 0, idempotencyKey: idempotencyKey ?? null },
            caller,
            services,
            ownUrls,
          ),
        ),
    }),
  );
}
