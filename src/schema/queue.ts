import { engineStatus } from '../resolvers/engine.ts';
import type { JobPayload } from '../resolvers/errors.ts';
import { PRIORITY_LIMITS } from '../resolvers/img2img-fields.ts';
import {
  cancelJobs,
  deleteJob,
  type DeleteJobPayload,
  retryJob,
  setPriority,
} from '../resolvers/operate-queue.ts';
import type { Builder } from './builder.ts';
import type { addEngine } from './engine.ts';
import type { addJob } from './job.ts';
import type { addModels } from './model.ts';
import type { addUserError } from './user-error.ts';

type Parts = ReturnType<typeof addJob> &
  ReturnType<typeof addUserError> &
  ReturnType<typeof addEngine> &
  Pick<ReturnType<typeof addModels>, 'Model'>;

/** What operators do with the queue: pauseQueue, resumeQueue, setPriority, retryJob, cancelJobs and deleteJob. */
export function addQueue(builder: Builder, { Job, JobStatus, UserError, EngineStatus, Model }: Parts): void {
  const Payload = builder.objectRef<JobPayload>('JobPayload').implement({
    description: 'The job, or why nothing was done.',
    fields: (t) => ({
      job: t.expose('job', { type: Job, nullable: true, description: 'The job; null if there are errors.' }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing was done.' }),
    }),
  });

  for (const [name, verb, description] of [
    [
      'pauseQueue',
      'pause',
      'Starts no more jobs until `resumeQueue`, also after a restart; running jobs go on. Safe to repeat.',
    ],
    ['resumeQueue', 'resume', 'Ends a pause of the same extent. Safe to repeat.'],
  ] as const) {
    builder.mutationField(name, (t) =>
      t.field({
        type: EngineStatus,
        description,
        args: {
          model: t.arg({ type: Model, description: 'Only the jobs of this model; left out: all jobs.' }),
        },
        resolve: async (_root, { model }, { services }) => {
          await services.jobs[verb](model ?? null);
          return engineStatus(services);
        },
      }),
    );
  }

  builder.mutationField('setPriority', (t) =>
    t.field({
      type: Payload,
      description:
        'Changes the priority of a waiting job; it runs after the jobs that already have that priority.',
      args: {
        id: t.arg.id({ required: true, description: 'The `id` of the job.' }),
        priority: t.arg.int({
          required: true,
          description: `Higher runs first, ${PRIORITY_LIMITS.join(' to ')}; above 0 requires a key that may prioritize its jobs.`,
        }),
      },
      resolve: (_root, { id, priority }, { services, caller }) => setPriority(id, priority, caller, services),
    }),
  );

  builder.mutationField('retryJob', (t) =>
    t.field({
      type: Payload,
      description:
        'Accepts a new job with the settings, source image and priority of one that failed or was canceled. The old job stays as it is.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the old job.' }) },
      resolve: (_root, { id }, { services, caller }) => retryJob(id, caller, services),
    }),
  );

  builder.mutationField('cancelJobs', (t) =>
    t.int({
      description:
        "Cancels the caller's jobs with one of these statuses, or those of every key; returns how many.",
      args: {
        status: t.arg({
          type: [JobStatus],
          defaultValue: ['QUEUED'],
          description: 'QUEUED, RUNNING or both; jobs with another status have already ended.',
        }),
        model: t.arg.string({ description: 'Only jobs of this model.' }),
        allKeys: t.arg.boolean({
          defaultValue: false,
          description: 'Whether the jobs of every API key are meant.',
        }),
      },
      resolve: (_root, { status, model, allKeys }, { services, caller }) =>
        cancelJobs(
          { status: status ?? ['QUEUED'], model: model ?? undefined },
          allKeys ? undefined : caller.owner,
          services,
        ),
    }),
  );

  const DeletePayload = builder.objectRef<DeleteJobPayload>('DeleteJobPayload').implement({
    description: 'What was deleted, or why nothing was.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', {
        nullable: true,
        description: 'The `id` of the deleted job; null if there are errors.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing was deleted.' }),
    }),
  });

  builder.mutationField('deleteJob', (t) =>
    t.field({
      type: DeletePayload,
      description:
        'Deletes a job that has ended, with the images that no other job refers to. Its id then answers EXPIRED.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the job.' }) },
      resolve: (_root, { id }, { services }) => deleteJob(id, services),
    }),
  );
}
