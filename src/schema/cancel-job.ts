import { cancelJob, type CancelJobPayload, type CancelResult } from '../resolvers/jobs.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addJob } from './job.ts';
import type { addUserError } from './user-error.ts';

type Parts = ReturnType<typeof addJob> & ReturnType<typeof addUserError>;

/** CancelJobPayload, CancelResult and Mutation.cancelJob. */
export function addCancelJob(builder: Builder, { Job, UserError }: Parts): void {
  const Result = builder.enumType('CancelResult', {
    description: 'What a cancel did.',
    values: describedValues<CancelResult>({
      CANCELED: 'It has canceled the job.',
      ALREADY_CANCELED: 'Nothing: the job had been canceled before.',
      ALREADY_FINISHED: 'Nothing: the job had succeeded or failed before.',
    }),
  });

  const Payload = builder.objectRef<CancelJobPayload>('CancelJobPayload').implement({
    description: 'The job after the cancel, or why nothing was canceled.',
    fields: (t) => ({
      result: t.expose('result', {
        type: Result,
        nullable: true,
        description: 'What the request did; null if there is no such job.',
      }),
      job: t.expose('job', {
        type: Job,
        nullable: true,
        description: 'The job; one that had ended before is unchanged.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing was canceled.' }),
    }),
  });

  builder.mutationField('cancelJob', (t) =>
    t.field({
      type: Payload,
      description:
        'Cancels a job, waiting or running; it is CANCELED when this is answered. Safe to repeat. A running job stops after its ' +
        'present step, or at once where a step takes long.',
      args: {
        id: t.arg.id({ required: true, description: 'The `id` of the job.' }),
        immediately: t.arg.boolean({
          defaultValue: false,
          description:
            'Does not wait for the end of a step, however short: the engine process is ended and frees all its memory; the ' +
            'next job has to load its model again.',
        }),
      },
      resolve: (_root, { id, immediately }, { services }) =>
        cancelJob(id, { immediately: immediately ?? false }, services),
    }),
  );
}
