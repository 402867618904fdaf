import { payloadOf, type JobPayload } from '../resolvers/errors.ts';
import { PRIORITY_LIMITS } from '../resolvers/img2img-fields.ts';
import { rerun } from '../resolvers/rerun.ts';
import { submitImg2Img } from '../resolvers/submit-img2img.ts';
import type { Builder } from './builder.ts';
import type { addImg2ImgInput } from './img2img-input.ts';
import type { addJob } from './job.ts';
import type { addUserError } from './user-error.ts';

type Parts = ReturnType<typeof addImg2ImgInput> & ReturnType<typeof addJob> & ReturnType<typeof addUserError>;

/** Img2ImgPayload, Mutation.img2img and Mutation.rerun. */
export function addImg2Img(
  builder: Builder,
  { Img2ImgInput, Img2ImgOverrides, Job, UserError }: Parts,
): void {
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
        'Accepts a job and returns as soon as it is stored; follow it with `img2imgProgress` or `job`.',
      args: {
        input: t.arg({ type: Img2ImgInput, required: true, description: 'The settings of the job.' }),
        priority: t.arg.int({
          defaultValue: 0,
          description: `Higher runs first, ${PRIORITY_LIMITS.join(' to ')}; API keys share each priority fairly, each with its own jobs in order of arrival.`,
        }),
        idempotencyKey: t.arg.string({
          description:
            'Any text. The same request with the same key returns the same job, so it is safe to repeat.',
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

  builder.mutationField('rerun', (t) =>
    t.field({
      type: Payload,
      description:
        'Accepts a new job with the settings, the stored source, the tags and the metadata of another one, whatever its status, ' +
        'except for the overrides.',
      args: {
        jobId: t.arg.id({ required: true, description: 'The `id` of the other job.' }),
        overrides: t.arg({ type: Img2ImgOverrides, description: 'Settings that differ.' }),
        priority: t.arg.int({ defaultValue: 0, description: 'As in `img2img`.' }),
        idempotencyKey: t.arg.string({ description: 'As in `img2img`.' }),
      },
      resolve: (_root, { jobId, overrides, priority, idempotencyKey }, { services, caller, ownUrls }) =>
        rerun(
          {
            ...{ jobId, overrides: overrides ?? {} },
            ...{ priority: priority ?? 0, idempotencyKey: idempotencyKey ?? null },
          },
          caller,
          services,
          ownUrls,
        ),
    }),
  );
}
