import type { JobEvent } from '../jobs/queue.ts';
import { imagesOf } from '../resolvers/images.ts';
import { PREVIEW_DEFAULTS, PREVIEW_LIMITS } from '../resolvers/previews.ts';
import type { Preview, PreviewFormat } from '../resolvers/previews.ts';
import { watchImg2Img, type Img2ImgEvent } from '../resolvers/watch-img2img.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addJob } from './job.ts';

type Parts = ReturnType<typeof addImage> & ReturnType<typeof addJob>;

const TYPE_NAMES = {
  queued: 'Img2ImgQueued',
  stage: 'Img2ImgStage',
  step: 'Img2ImgStep',
  completed: 'Img2ImgCompleted',
  failed: 'Img2ImgFailed',
  canceled: 'Img2ImgCanceled',
} as const satisfies Record<JobEvent['type'], string>;

/** The event types, Preview, PreviewInput and Subscription.img2imgProgress. */
export function addProgress(builder: Builder, { Image, Job, JobError }: Parts): void {
  const Format = builder.enumType('PreviewFormat', {
    description: 'File format of a preview.',
    values: describedValues<PreviewFormat>({
      WEBP: 'Small and quick.',
      JPEG: 'Supported everywhere.',
      PNG: 'Lossless.',
    }),
  });

  const PreviewInput = builder.inputType('PreviewInput', {
    description: 'Which previews to send. They are made only if the operation selects them.',
    fields: (t) => ({
      size: t.int({
        defaultValue: PREVIEW_DEFAULTS.size,
        description: `Longest side in pixels, ${PREVIEW_LIMITS.size.join(' to ')}.`,
      }),
      format: t.field({ type: Format, defaultValue: PREVIEW_DEFAULTS.format, description: 'File format.' }),
      quality: t.int({
        defaultValue: PREVIEW_DEFAULTS.quality,
        description: `${PREVIEW_LIMITS.quality.join(' to ')}; PNG ignores it.`,
      }),
      every: t.int({
        defaultValue: PREVIEW_DEFAULTS.every,
        description: `A preview with every n-th step, ${PREVIEW_LIMITS.every.join(' to ')}, and with the last one.`,
      }),
    }),
  });

  const PreviewType = builder.objectRef<Preview>('Preview').implement({
    description: 'A small picture of the present estimate of the first image of the batch.',
    fields: (t) => ({
      dataUri: t.exposeString('dataUri', { description: 'The picture as a data: URI.' }),
      mimeType: t.exposeString('mimeType', { description: 'Its media type.' }),
      width: t.exposeInt('width', { description: 'Width in pixels.' }),
      height: t.exposeInt('height', { description: 'Height in pixels.' }),
    }),
  });

  const Event = builder.interfaceRef<Img2ImgEvent>('Img2ImgEvent').implement({
    description: 'A change in the life of a job; a complete snapshot, so none depends on those before it.',
    resolveType: ({ event }) => TYPE_NAMES[event.type],
    fields: (t) => ({
      job: t.field({
        type: Job,
        description: 'The job as it was at this moment.',
        resolve: ({ event }) => event.job,
      }),
      sequence: t.int({
        description:
          'Grows from event to event of a job within one subscription; not by 1, so gaps mean nothing.',
        resolve: ({ event }) => event.sequence,
      }),
      at: t.field({ type: 'DateTime', description: 'When it happened.', resolve: ({ event }) => event.at }),
    }),
  });

  const variant = <Type extends JobEvent['type']>(type: Type) =>
    builder.objectRef<Img2ImgEvent<Extract<JobEvent, { type: Type }>>>(TYPE_NAMES[type]);

  variant('queued').implement({ interfaces: [Event], description: 'The job waits for its turn.' });

  variant('stage').implement({
    interfaces: [Event],
    description: 'The job has entered a stage.',
    fields: (t) => ({
      preview: t.field({
        type: PreviewType,
        nullable: true,
        description: 'The preview of the last step, for late subscribers.',
        resolve: (update) => update.preview(),
      }),
    }),
  });

  variant('step').implement({
    interfaces: [Event],
    description: 'A step of sampling is done.',
    fields: (t) => ({
      attempt: t.int({
        description:
          'Number of the attempt, from 1; an attempt that was returned to the queue does not count.',
        resolve: ({ event }) => event.job.attempts,
      }),
      step: t.int({
        description: 'Finished steps of the attempt; starts again with each attempt.',
        resolve: ({ event }) => event.job.step,
      }),
      totalSteps: t.int({
        description: 'Steps that will really run.',
        resolve: ({ event }) => event.job.totalSteps,
      }),
      sigma: t.float({
        description: 'Noise level that the step started from.',
        resolve: ({ event }) => event.sigma,
      }),
      preview: t.field({
        type: PreviewType,
        nullable: true,
        description:
          'The present estimate of the picture; null on steps that `every` leaves out, except the first one received.',
        resolve: (update) => update.preview(),
      }),
      etaSeconds: t.float({
        nullable: true,
        description: 'Estimated seconds to the end of the job, to 0.1 s; null while unknown.',
        resolve: ({ event }, _args, { services }) => services.estimator.etaSeconds(event.job),
      }),
    }),
  });

  variant('completed').implement({
    interfaces: [Event],
    description: 'The job has succeeded; the last event.',
    fields: (t) => ({
      images: t.field({
        type: [Image],
        description: 'The finished pictures in batch order.',
        resolve: ({ event }) => imagesOf(event.job),
      }),
    }),
  });

  variant('failed').implement({
    interfaces: [Event],
    description: 'The job has failed; the last event.',
    fields: (t) => ({
      error: t.field({
        type: JobError,
        description: 'Why it failed.',
        resolve: ({ event }) => event.job.error!, // a failed job says why
      }),
    }),
  });

  variant('canceled').implement({ interfaces: [Event], description: 'The job was stopped; the last event.' });

  builder.subscriptionField('img2imgProgress', (t) =>
    t.field({
      type: Event,
      description:
        'The current state of a job, then every change until it ends. Late subscribers first receive the current state with ' +
        'the last preview. A slow subscriber loses previews, never a change of state.',
      args: {
        jobId: t.arg.id({ required: true, description: 'The `id` of the job.' }),
        preview: t.arg({ type: PreviewInput, description: 'Which previews to send.' }),
      },
      subscribe: (_root, { jobId, preview }, { services }) => watchImg2Img(jobId, preview ?? {}, services),
      resolve: (update) => update,
    }),
  );
}
