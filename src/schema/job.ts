import {
  type Job,
  JOB_ERROR_CODES,
  JOB_STAGES,
  type JobError,
  type JobErrorCode,
  type JobStage,
  type JobStatus,
  type JobWarning,
  warningOf,
} from '../jobs/job.ts';
import { imagesOf } from '../resolvers/images.ts';
import { expiryOf, findJob } from '../resolvers/jobs.ts';
import { waitReason, type WaitReason } from '../resolvers/operate-queue.ts';
import { jobPreview, jobPreviews } from '../resolvers/previews.ts';
import { describedValues, eachOnItsOwn, orOther, type Builder } from './builder.ts';
import type { addImage } from './image.ts';
import { addJobAttempt } from './job-attempt.ts';
import type { addJobInput } from './job-input.ts';
import type { addPreview } from './preview.ts';

type Parts = ReturnType<typeof addImage> & ReturnType<typeof addJobInput> & ReturnType<typeof addPreview>;

/** How long a job spent in a stage. */
interface StageTiming {
  readonly stage: JobStage;
  readonly milliseconds: number;
}

/** Job with its enums, JobError, JobWarning, JobAttempt and StageTiming. */
export function addJob(builder: Builder, { Image, Img2ImgSettings, Preview, previewArgs }: Parts) {
  const Status = builder.enumType('JobStatus', {
    description: 'The status of a job.',
    values: describedValues<JobStatus>({
      QUEUED: 'Accepted and durable, waiting to run.',
      RUNNING: 'A worker runs it.',
      SUCCEEDED: 'Ended with images.',
      FAILED: 'Ended with an error.',
      CANCELED: 'Canceled by request.',
    }),
  });

  const Stage = builder.enumType('JobStage', {
    description: 'What a job is doing.',
    values: describedValues<JobStage | 'OTHER'>({
      WAITING: 'Waiting in the queue.',
      LOADING_MODEL: 'Opening the checkpoint and building its networks.',
      ENCODING_PROMPT: 'Turning the prompts into embeddings.',
      ENCODING_IMAGE: 'Turning the source image into a latent.',
      SAMPLING: 'Denoising, step by step.',
      UPSCALING: 'Enlarging the result before its second pass.',
      DECODING: 'Turning the latents into pictures.',
      STORING: 'Writing the pictures.',
      DONE: 'Nothing more to do.',
      OTHER: 'A stage of a newer version; `stageName` says which.',
    }),
  });

  const ErrorCode = builder.enumType('JobErrorCode', {
    description: 'Why a job failed.',
    values: describedValues<JobErrorCode | 'OTHER'>({
      CHECKPOINT_INVALID: 'The model file cannot be used as it is.',
      TOO_LARGE: 'The job needs more memory than MEMORY_LIMIT allows.',
      UNSUPPORTED: 'The job asks for what the device that took it cannot do.',
      DIVERGED:
        'Its settings or adapters drove the numbers out of range: a cfg too high for the sampler, a weight too large, a LoRA too strong.',
      DEVICE_FAILED: 'The device or its engine process failed in every attempt.',
      SOURCE_LOST: 'The stored source image is gone or damaged.',
      STORAGE_FAILED: 'The object store failed in every attempt.',
      INTERRUPTED: 'Its worker disappeared in every attempt.',
      INTERNAL: 'A fault of the server; its log says more under the id in the message.',
      OTHER: 'A reason of a newer version; the message says which.',
    }),
  });

  const Failure = builder.objectRef<JobError>('JobError').implement({
    description: 'Why a job failed.',
    fields: (t) => ({
      code: t.field({
        type: ErrorCode,
        description: 'The kind of failure.',
        resolve: ({ code }) => orOther(JOB_ERROR_CODES, code),
      }),
      message: t.exposeString('message', { description: 'What was expected and what came.' }),
    }),
  });

  const WarningCode = builder.enumType('JobWarningCode', {
    description: 'Something that the sender of a job may not expect.',
    values: describedValues<JobWarning['code']>({
      TEXT_TO_IMAGE: 'No image was given: the job starts from noise.',
      STEPS_UNUSUAL: 'The number of steps is far from what suits the model or the sampler.',
      CFG_UNUSUAL: 'The guidance scale is far from what suits the model or the sampler.',
      SIZE_UNUSUAL: 'The size is far from what suits the model.',
      LORA_PARTLY_USED: 'A LoRA has keys that change nothing in the model.',
      EMBEDDING_IGNORED: 'A prompt names an embedding that is ignored.',
      FILE_CHANGED: 'A file of the job that is run again has changed since: the pictures will differ.',
      PROMPT_SYNTAX: 'A prompt uses the syntax of another program, which has no effect here.',
      OTHER: 'A warning of another version; the message says which.',
    }),
  });

  const Warning = builder.objectRef<JobWarning>('JobWarning').implement({
    description: 'Something that the sender of a job may not expect.',
    fields: (t) => ({
      code: t.expose('code', { type: WarningCode, description: 'The kind of warning.' }),
      field: t.exposeStringList('field', {
        nullable: true,
        description:
          'Path of the argument that it is about, such as ["input", "cfg"]; null if it is about none.',
      }),
      message: t.exposeString('message', { description: 'What is unusual, and what would not be.' }),
    }),
  });

  const Timing = builder.objectRef<StageTiming>('StageTiming').implement({
    description: 'How long a job spent in a stage.',
    fields: (t) => ({
      stage: t.field({
        type: Stage,
        description: 'The stage.',
        resolve: ({ stage }) => orOther(JOB_STAGES, stage),
      }),
      milliseconds: t.exposeFloat('milliseconds', { description: 'Time spent in it.' }),
    }),
  });

  const { JobAttempt } = addJobAttempt(builder);

  const Waiting = builder.enumType('WaitReason', {
    description: 'Why a job waits.',
    values: describedValues<WaitReason>({
      PAUSED: 'The queue, or that of its model, is paused.',
      NO_WORKER: 'No worker has its model, knows its settings and has a device that opens.',
      BACKOFF: 'An attempt failed; the next one starts after a pause.',
      TURN: 'Other jobs run first, or a worker is about to take it.',
    }),
  });

  const JobNode = builder.node(builder.objectRef<Job>('Job'), {
    description: 'One img2img request, from its acceptance to its images.',
    id: { resolve: (job) => job.id },
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'request' in value,
    loadManyWithoutCache: (ids, { jobLoader }) => eachOnItsOwn(ids, (id) => findJob(id, jobLoader)),
    fields: (t) => ({
      status: t.expose('status', { type: Status, description: 'Its status.' }),
      stage: t.field({
        type: Stage,
        description: 'What it is doing.',
        resolve: ({ stage }) => orOther(JOB_STAGES, stage),
      }),
      stageName: t.exposeString('stage', {
        description: 'The name of the stage, also of one that this version does not know.',
      }),
      step: t.exposeInt('step', {
        description: 'Finished steps of the current attempt; never decreases within an attempt.',
      }),
      totalSteps: t.exposeInt('totalSteps', {
        description: 'Steps that will actually run; the requested number until sampling starts.',
      }),
      queuePosition: t.exposeInt('queuePosition', {
        nullable: true,
        description:
          'Jobs that run before it while it waits, 0 for the next one; in a cluster those of its model. Otherwise null.',
      }),
      waitReason: t.field({
        type: Waiting,
        nullable: true,
        description: 'Why it waits; null unless it is QUEUED.',
        resolve: (job, _args, { services }) => waitReason(job, services),
      }),
      etaSeconds: t.float({
        nullable: true,
        description:
          'Estimated seconds to its end, to 0.1 s: the work ahead divided by the rate at which the devices that take its model ' +
          'have done such jobs. null once it has ended, and while too little is known.',
        resolve: (job, _args, { services }) => services.estimator.etaSeconds(job),
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
      preview: t.field({
        type: Preview,
        nullable: true,
        description: 'The current estimate of the first image, for clients that poll; null unless it runs.',
        args: previewArgs,
        resolve: (job, given, { services }) => jobPreview(job, given, services.jobs),
      }),
      previews: t.field({
        type: [Preview],
        description: 'The current estimate of every image in batch order; empty unless it runs.',
        args: previewArgs,
        resolve: (job, given, { services }) => jobPreviews(job, given, services.jobs),
      }),
      tags: t.field({
        type: ['String'],
        description: 'The labels that its sender gave it.',
        resolve: ({ tags }) => tags ?? [],
      }),
      metadata: t.field({
        type: 'JSONObject',
        nullable: true,
        description: 'The JSON that its sender gave with it; null if none.',
        resolve: ({ metadata }) => metadata,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'When it may be removed with its images; null until it has ended, and where jobs are kept forever.',
        resolve: (job, _args, { services }) => expiryOf(job, services.config),
      }),
      error: t.expose('error', {
        type: Failure,
        nullable: true,
        description: 'Why it failed; null unless it has.',
      }),
      warnings: t.field({
        type: [Warning],
        description: 'What its sender may not expect.',
        resolve: ({ warnings }) => warnings.map(warningOf),
      }),
      priority: t.exposeInt('priority', { description: 'Higher runs first.' }),
      attempts: t.exposeInt('attempts', { description: 'Number of attempts that count, three at most.' }),
      attemptHistory: t.expose('history', {
        type: [JobAttempt],
        description: 'Every attempt, the oldest first, also those that do not count.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
      startedAt: t.expose('startedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its last attempt started.',
      }),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ended.',
      }),
      timings: t.field({
        type: [Timing],
        description: 'Time spent in each stage of the last attempt.',
        resolve: ({ timings }) =>
          Object.entries(timings).map(([stage, milliseconds]) => ({
            stage: stage as JobStage,
            milliseconds,
          })),
      }),
    }),
  });

  builder.objectField(Image, 'job', (t) =>
    t.field({ type: JobNode, description: 'The job that made it.', resolve: ({ job }) => job }),
  );

  return { Job: JobNode, JobError: Failure, JobStatus: Status };
}
