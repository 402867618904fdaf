import { ATTEMPT_RESULTS, type AttemptResult, type JobAttempt } from '../jobs/job.ts';
import { describedValues, orOther, type Builder } from './builder.ts';

/** JobAttempt and AttemptResult. */
export function addJobAttempt(builder: Builder) {
  const Result = builder.enumType('AttemptResult', {
    description: 'How an attempt ended.',
    values: describedValues<AttemptResult | 'OTHER'>({
      SUCCEEDED: 'With images.',
      FAILED: 'With an error.',
      CANCELED: 'By request.',
      INTERRUPTED: 'Its worker disappeared.',
      RETURNED: 'Its worker was stopped and returned the job to the queue; it does not count.',
      OTHER: 'In a way that only a newer version knows.',
    }),
  });

  const AttemptType = builder.objectRef<JobAttempt>('JobAttempt').implement({
    description: 'One run of a job by a worker.',
    fields: (t) => ({
      worker: t.exposeString('worker', { description: 'Name of the worker process.' }),
      device: t.exposeString('device', { description: 'Its device, such as `cpu` or `cuda:0`.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
      endedAt: t.expose('endedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ended; null while it runs.',
      }),
      result: t.field({
        type: Result,
        nullable: true,
        description: 'How it ended; null while it runs.',
        resolve: ({ result }) => result && orOther(ATTEMPT_RESULTS, result),
      }),
      reason: t.exposeString('reason', {
        nullable: true,
        description: 'Why it ended, where the result does not say it.',
      }),
    }),
  });

  return { JobAttempt: AttemptType };
}
