import type { JobEvent } from '../jobs/queue.ts';
import { imagesOf } from '../resolvers/images.ts';
import { watchImg2Img } from '../resolvers/jobs.ts';
import { eventPreview, eventPreviews } from '../resolvers/previews.ts';
import type { Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addJob } from './job.ts';
import type { addPreview } from './preview.ts';

type Parts = ReturnType<typeof addImage> & ReturnType<typeof addJob> & ReturnType<typeof addPreview>;

const TYPE_NAMES = {
  queued: 'Img2ImgQueued',
  stage: 'Img2ImgStage',
  step: 'Img2ImgStep',
  completed: 'Img2ImgCompleted',
  failed: 'Img2ImgFailed',
  canceled: 'Img2ImgCanceled',
} as const satisfies Record<JobEvent['type'], string>;

/** The event types and Subscription.img2imgProgress. */
export function addProgress(builder: Builder, { Image, Job, JobError, Preview, previewArgs }: Parts): void {
  const Event = builder.interfaceRef<JobEvent>('Img2ImgEvent').implement({
    description: 'A change in the life of a job; a complete snapshot, so none depends on those before it.',
    resolveType: ({ type }) => TYPE_NAMES[type],
    fields: (t) => ({
      id: t.id({
        description: 'The same for every subscriber of this change.',
        resolve: ({ job, sequence }) => `${job.id}:${sequence}`,
      }),
      job: t.expose('job', { type: Job, description: 'The job as it was at this moment.' }),
      sequence: t.exposeInt('sequence', {
        description:
          'Grows from event to event of a job within one subscription; not by 1, so gaps mean nothing.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      preview: t.field({
        type: Preview,
        nullable: true,
        description:
          'The current estimate of the first image; null before the first step and after the job has ended. Made only if selected.',
        args: previewArgs,
        resolve: (event, given, { services }) => eventPreview(event, given, services.jobs),
      }),
      previews: t.field({
        type: [Preview],
        description: 'The current estimate of every image in batch order; empty where `preview` is null.',
        args: previewArgs,
        resolve: (event, given, { services }) => eventPreviews(event, given, services.jobs),
      }),
    }),
  });

  const variant = <Type extends JobEvent['type']>(type: Type) =>
    builder.objectRef<Extract<JobEvent, { type: Type }>>(TYPE_NAMES[type]);

  variant('queued').implement({ interfaces: [Event], description: 'The job waits for its turn.' });

  variant('stage').implement({ interfaces: [Event], description: 'The job has entered a stage.' });

  variant('step').implement({
    interfaces: [Event],
    description: 'A step of sampling is done.',
    fields: (t) => ({
      attempt: t.int({
        description:
          'Number of the attempt, from 1; an attempt that was returned to the queue does not count.',
        resolve: ({ job }) => job.attempts,
      }),
      step: t.int({
        description: 'Finished steps of the attempt; starts again with each attempt.',
        resolve: ({ job }) => job.step,
      }),
      totalSteps: t.int({
        description: 'Steps that will really run.',
        resolve: ({ job }) => job.totalSteps,
      }),
      sigma: t.exposeFloat('sigma', { description: 'Noise level that the step started from.' }),
      etaSeconds: t.float({
        nullable: true,
        description: 'Estimated seconds to the end of the job, to 0.1 s; null while unknown.',
        resolve: ({ job }, _args, { services }) => services.estimator.etaSeconds(job),
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
        resolve: ({ job }) => imagesOf(job),
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
        resolve: ({ job }) => job.error!, // a failed job says why
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
        jobId: t.arg.id({ description: "The `id` of the job; left out: the caller's newest job." }),
      },
      subscribe: (_root, { jobId }, { services, caller }) => watchImg2Img(jobId, caller.owner, services),
      resolve: (event) => event,
    }),
  );
}
