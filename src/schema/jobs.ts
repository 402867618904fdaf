import { resolveCursorConnection, type ResolveCursorConnectionArgs } from '@pothos/plugin-relay';
import type { Job as JobRecord } from '../jobs/job.ts';
import { decodeJobId } from '../resolvers/ids.ts';
import {
  checkPageLength,
  DEFAULT_PAGE,
  findJob,
  jobFilter,
  listJobs,
  MAX_PAGE,
  withoutCursors,
} from '../resolvers/jobs.ts';
import type { Builder } from './builder.ts';
import type { addJob } from './job.ts';

/** Query.job, Query.jobs, Subscription.jobsChanged and the arguments by which jobs are filtered. */
export function addJobs(builder: Builder, { Job, JobStatus }: ReturnType<typeof addJob>) {
  builder.queryField('job', (t) =>
    t.field({
      type: Job,
      nullable: true,
      description: 'A job; null if there never was one with this id, an error EXPIRED if its record is gone.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of the job.' }) },
      resolve: (_root, { id }, { jobLoader }) => findJob(decodeJobId(id), jobLoader),
    }),
  );

  const filterArgs = builder.args((t) => ({
    model: t.string({ description: 'Only jobs of this model.' }),
    text: t.string({ description: 'Only jobs with this text in a prompt, ignoring case.' }),
    tags: t.field({ type: ['String'], description: 'Only jobs with all of these tags.' }),
    createdFrom: t.field({ type: 'DateTime', description: 'Only jobs accepted at this time or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Only jobs accepted before this time.' }),
  }));

  builder.queryField('jobs', (t) =>
    t.connection(
      {
        type: Job,
        description: 'Jobs, newest first. Every filter that is given must match.',
        args: {
          status: t.arg({ type: [JobStatus], description: 'Only jobs with one of these statuses.' }),
          ...filterArgs,
        },
        resolve: async (_root, args, { services }) => {
          checkPageLength(args);
          const filter = jobFilter(args);
          const page = await resolveCursorConnection(
            { args, defaultSize: DEFAULT_PAGE, maxSize: MAX_PAGE, toCursor: (job: JobRecord) => job.id },
            ({ before, after, limit, inverted }: ResolveCursorConnectionArgs) =>
              listJobs({ before, after, limit, inverted, filter }, services.jobs),
          );
          return { ...withoutCursors(page), filter };
        },
      },
      {
        name: 'JobConnection',
        description: 'A page of jobs.',
        fields: (connection) => ({
          totalCount: connection.int({
            description: 'Jobs that match the filters, on all pages.',
            resolve: (page, _args, { services }) =>
              services.jobs.count((page as unknown as { filter: object }).filter),
          }),
        }),
      },
      { name: 'JobEdge', description: 'A job on a page.' },
    ),
  );

  builder.subscriptionField('jobsChanged', (t) =>
    t.field({
      type: Job,
      description:
        "The caller's jobs, each as it is accepted and whenever its status changes. A slow subscriber receives the latest " +
        'state of each job.',
      subscribe: (_root, _args, { services }) => services.jobs.changes(),
      resolve: (job) => job,
    }),
  );

  return { filterArgs };
}
