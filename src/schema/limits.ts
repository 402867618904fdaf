import { type Limits, limitsOf, type Range } from '../resolvers/limits.ts';
import type { Builder } from './builder.ts';

/** Limits, IntRange, FloatRange, Query.limits and Query.version. */
export function addLimits(builder: Builder): void {
  const IntRange = builder.objectRef<Range>('IntRange').implement({
    description: 'Inclusive bounds of an Int.',
    fields: (t) => ({
      min: t.exposeInt('min', { description: 'The least.' }),
      max: t.exposeInt('max', { description: 'The most.' }),
    }),
  });

  const FloatRange = builder.objectRef<Range>('FloatRange').implement({
    description: 'Inclusive bounds of a Float.',
    fields: (t) => ({
      min: t.exposeFloat('min', { description: 'The least.' }),
      max: t.exposeFloat('max', { description: 'The most.' }),
    }),
  });

  const LimitsType = builder.objectRef<Limits>('Limits').implement({
    description: "The bounds that this server enforces on the caller's requests.",
    fields: (t) => ({
      width: t.expose('width', {
        type: IntRange,
        description: 'Width in pixels, a multiple of 8 (16 for FLUX).',
      }),
      height: t.expose('height', { type: IntRange, description: 'Height in pixels, likewise.' }),
      steps: t.expose('steps', { type: IntRange, description: 'Steps.' }),
      batchSize: t.expose('batchSize', { type: IntRange, description: 'Images of a job.' }),
      cfg: t.expose('cfg', { type: FloatRange, description: 'Guidance scale.' }),
      denoiseStrength: t.expose('denoiseStrength', { type: FloatRange, description: 'Denoise strength.' }),
      priority: t.expose('priority', { type: IntRange, description: 'Priority that the caller may give.' }),
      jobWork: t.exposeInt('jobWork', {
        nullable: true,
        description:
          'Megapixels × steps × images of a job, weighed by what a step evaluates (JOB_WORK_LIMIT); null: no bound.',
      }),
      promptLength: t.exposeInt('promptLength', { description: 'Characters of a prompt.' }),
      imageUrlLength: t.exposeInt('imageUrlLength', {
        description: 'Characters of an `imageUrl`; a data: URL may be longer.',
      }),
      idempotencyKeyLength: t.exposeInt('idempotencyKeyLength', {
        description: 'Characters of an idempotency key.',
      }),
      tags: t.exposeInt('tags', { description: 'Tags of a job.' }),
      tagLength: t.exposeInt('tagLength', { description: 'Characters of a tag.' }),
      metadataBytes: t.exposeInt('metadataBytes', { description: "Bytes of a job's metadata as JSON." }),
      uploadBytes: t.expose('uploadBytes', { type: 'ByteCount', description: 'Bytes of a source image.' }),
      uploadPixels: t.exposeInt('uploadPixels', {
        description: 'Pixels of a source image; some formats take fewer.',
      }),
      uploads: t.exposeInt('uploads', { description: 'Uploaded pictures that are kept at a time.' }),
      uploadLifetimeSeconds: t.exposeInt('uploadLifetimeSeconds', {
        description: 'Seconds for which an upload is kept that no job uses, from its last use on.',
      }),
      imageSizes: t.field({
        type: ['Int'],
        description: 'What `size` of a picture can be.',
        resolve: ({ imageSizes }) => imageSizes,
      }),
      previewSize: t.expose('previewSize', {
        type: IntRange,
        description: 'Longest side of a preview in pixels.',
      }),
      queueLimit: t.exposeInt('queueLimit', {
        description: 'Jobs of all callers that may wait (QUEUE_LIMIT).',
      }),
      waitingJobs: t.exposeInt('waitingJobs', {
        nullable: true,
        description: 'Jobs of the caller that may wait (KEY_WAITING_JOBS); null: as many as the queue takes.',
      }),
      retentionSeconds: t.exposeInt('retentionSeconds', {
        nullable: true,
        description: 'Seconds for which jobs that have ended are kept (RETENTION); null: forever.',
      }),
      pageLength: t.exposeInt('pageLength', { description: 'Entries of a page.' }),
    }),
  });

  builder.queryField('limits', (t) =>
    t.field({
      type: LimitsType,
      description: "The bounds on the caller's requests.",
      resolve: (_root, _args, { services, caller }) => limitsOf(services, caller),
    }),
  );

  builder.queryField('version', (t) =>
    t.string({
      description: 'The version of this server.',
      resolve: (_root, _args, { services }) => services.version,
    }),
  );
}
