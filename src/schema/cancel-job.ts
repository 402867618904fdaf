import { cancelJob } from '../resolvers/cancel-job.ts';
import { payloadOf, type JobPayload } from '../resolvers/user-errors.ts';
import type { Builder } from './builder.ts';
import type { addJob } from './job.ts';
import type { addUserError } from './user-error.ts';

type Parts = ReturnType<typeof addJob> & ReturnType<typeof addUserError>;

/** CancelJobPayload and Mutation.cancelJob. */
export function addCancelJob(builder: Builder, { Job, UserError }: Parts): void {
  const Payload = builder.objectRef<JobPayload>('CancelJobPayload').implement({
    description: 'The job after the request to stop it, or why there is none.',
    fields: (t) => ({
      job: t.expose('job', {
        type: Job,
        nullable: true,
        description: 'The job; one that had ended before is unchanged.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why nothing could be stopped.' }),
    }),
  });

  builder.mutationField('cancelJob', (t) =>
    t.field({
      type: Payload,
      description: 'Stops a job, waiting or running. May be repeated.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the job.' }) },
      resolve: (_root, { id }, { services }) => payloadOf(cancelJob(id, services)),
    }),
  );
}
