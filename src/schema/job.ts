import { resolveCursorConnection, type ResolveCursorConnectionArgs } from '@pothos/plugin-relay';
import type { Job, JobError, JobErrorCode, JobStage, JobStatus } from '../jobs/job.ts';
import { findJob } from '../resolvers/find-job.ts';
import { decodeJobId } from '../resolvers/global-id.ts';
import { imagesOf } from '../resolvers/image-address.ts';
import { listJobs } from '../resolvers/list-jobs.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addImage } from './image.ts';
import type { addJobInput } from './job-input.ts';

type Parts = ReturnType<typeof addImage> & ReturnType<typeof addJobInput>;

/** Job with its enums, JobError, StageTiming, Query.job and Query.jobs. */
export function addJob(builder: Builder, { Image, Img2ImgSettings }: Parts) {
  const Status = builder.enumType('JobStatus', {
    description: 'Where a job stands.',
    values: describedValues<JobStatus>({
      QUEUED: 'Accepted and durable, waiting for its turn.',
      RUNNING: 'Being worked on.',
      SUCCEEDED: 'Ended with images.',
      FAILED: 'Ended with an error.',
      CANCELED: 'Stopped by request.',
    }),
  });

  const Stage = builder.enumType('JobStage', {
    description: 'What a job is doing.',
    values: describedValues<JobStage>({
      WAITING: 'Waiting in the queue.',
      LOADING_MODEL: 'Opening the checkpoint and building its networks.',
      ENCODING_PROMPT: 'Turning the prompts into embeddings.',
      ENCODING_IMAGE: 'Turning the source image into a latent.',
      SAMPLING: 'Taking the noise away, step by step.',
      DECODING: 'Turning the latents into pictures.',
      STORING: 'Writing the pictures.',
      DONE: 'Nothing more to do.',
    }),
  });

  const ErrorCode = builder.enumType('JobErrorCode', {
    description: 'Why a job failed.',
    values: describedValues<JobErrorCode>({
      CHECKPOINT_INVALID: 'The model file cannot be used as it is.',
      DEVICE_FAILED: 'The device or its process failed again and again.',
      SOURCE_LOST: 'The stored source image is gone.',
      INTERNAL: 'A fault of the server; its log says more under the id in the message.',
    }),
  });

  const Failure = builder.objectRef<JobError>('JobError').implement({
    description: 'Why a job failed.',
    fields: (t) => ({
      code: t.expose('code', { type: ErrorCode, description: 'The kind of failure.' }),
      message: t.exposeString('message', { description: 'What was expected and what came.' }),
    }),
  });

  const Timing = builder.objectRef<{ stage: JobStage; milliseconds: number }>('StageTiming').implement({
    description: 'How long a job spent in a stage.',
    fields: (t) => ({
      stage: t.expose('stage', { type: Stage, description: 'The stage.' }),
      milliseconds: t.exposeFloat('milliseconds', { description: 'Time spent in it.' }),
    }),
  });

  const JobNode = builder.node(builder.objectRef<Job>('Job'), {
    description: 'One img2img request from its acceptance to its images.',
    id: { resolve: (job) => job.id },
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'request' in value,
    loadWithoutCache: (id, { jobLoader }) => findJob(id, jobLoader),
    fields: (t) => ({
      status: t.expose('status', { type: Status, description: 'Where it stands.' }),
      stage: t.expose('stage', { type: Stage, description: 'What it is doing.' }),
      step: t.exposeInt('step', { description: 'Finished steps; never goes back.' }),
      totalSteps: t.exposeInt('totalSteps', {
        description: 'Steps that will really run; the number asked for until sampling starts.',
      }),
      queuePosition: t.exposeInt('queuePosition', {
        nullable: true,
        description: 'Jobs that run before it while it waits, 0 for the next one; otherwise null.',
      }),
      etaSeconds: t.exposeFloat('etaSeconds', {
        nullable: true,
        description:
          'Estimated seconds to its end while it waits or runs, from what jobs of its model, size and steps have taken on this ' +
          'machine; null once it has ended, and while too little is known.',
      }),
      input: t.field({
        type: Img2ImgSettings,
        description: 'What it was asked to do.',
        resolve: (job) => job.request,
      }),
      images: t.field({
        type: [Image],
        description: 'The finished pictures in batch order; empty until it has succeeded.',
        resolve: imagesOf,
      }),
      error: t.expose('error', {
        type: Failure,
        nullable: true,
        description: 'Why it failed; null unless it has.',
      }),
      warnings: t.exposeStringList('warnings', {
        description: 'What its sender may not have expected.',
      }),
      priority: t.exposeInt('priority', { description: 'Higher runs first.' }),
      attempts: t.exposeInt('attempts', { description: 'How often it was started.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
      startedAt: t.expose('startedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last started.',
      }),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ended.',
      }),
      timings: t.field({
        type: [Timing],
        description: 'Time spent in each stage passed so far.',
        resolve: ({ timings }) =>
          Object.entries(timings).map(([stage, milliseconds]) => ({
            stage: stage as JobStage,
            milliseconds,
          })),
      }),
    }),
  });

  builder.queryField('job', (t) =>
    t.field({
      type: JobNode,
      nullable: true,
      description: 'A job; null if there never was one with this id, an error EXPIRED if its record is gone.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the job.' }) },
      resolve: (_root, { id }, { jobLoader }) => findJob(decodeJobId(id), jobLoader),
    }),
  );

  builder.queryField('jobs', (t) =>
    t.connection(
      {
        type: JobNode,
        description: 'Jobs, newest first.',
        args: { status: t.arg({ type: [Status], description: 'Only jobs with one of these statuses.' }) },
        resolve: async (_root, { status, ...args }, { services }) => {
          const page = await resolveCursorConnection(
            { args, defaultSize: 20, maxSize: 100, toCursor: (job: Job) => job.id },
            ({ before, after, limit, inverted }: ResolveCursorConnectionArgs) =>
              listJobs(
                {
                  first: args.first ?? undefined,
                  last: args.last ?? undefined,
                  before,
                  after,
                  limit,
                  inverted,
                  status: status ?? undefined,
                },
                services.jobs,
              ),
          );
          // An empty page has no cursors: the plugin would hand back those that were asked for, or empty ones.
          const none = { startCursor: null, endCursor: null };
          return page.edges.length > 0 ? page : { ...page, pageInfo: { ...page.pageInfo, ...none } };
        },
      },
      { name: 'JobConnection', description: 'A page of jobs.' },
      { name: 'JobEdge', description: 'A job on a page.' },
    ),
  );

  return { Job: JobNode, JobError: Failure };
}
