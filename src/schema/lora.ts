import type { JobLora } from '../jobs/job.ts';
import type { LoraDescription } from '../models/adapter-catalog.ts';
import type { Builder } from './builder.ts';
import type { addModels } from './model.ts';

/** LoraInfo, JobLora and Query.loras. */
export function addLoras(builder: Builder, { ModelFamily }: ReturnType<typeof addModels>) {
  const Info = builder.objectRef<LoraDescription>('LoraInfo').implement({
    description: 'A LoRA file, or one of its relatives, found below MODELS_DIR.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name to give in `loras` or `<lora:name:strength>`.' }),
      file: t.exposeString('file', { description: 'Path below MODELS_DIR.' }),
      family: t.expose('family', {
        type: ModelFamily,
        nullable: true,
        description: 'The architecture that it was made for; null where its file does not tell.',
      }),
      title: t.exposeString('title', { nullable: true, description: "The author's name for it." }),
      triggerWords: t.exposeStringList('triggerWords', {
        description: 'Words it was trained on, the most frequent first.',
      }),
      sizeBytes: t.expose('sizeBytes', { type: 'ByteCount', description: 'Size on disk.' }),
      sha256: t.exposeString('sha256', {
        nullable: true,
        description: 'Hash of the file, lower-case hex; null while it is unknown.',
      }),
      problem: t.exposeString('problem', {
        nullable: true,
        description: 'Why the file cannot be used; null if it can.',
      }),
    }),
  });

  builder.queryField('loras', (t) =>
    t.field({
      type: [Info],
      description: 'Every LoRA that a job can ask for.',
      resolve: (_root, _args, { services }) => services.loras.list(),
    }),
  );

  const JobLoraType = builder.objectRef<JobLora>('JobLora').implement({
    description: 'A LoRA of a job.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name when the job was accepted.' }),
      strength: t.exposeFloat('strength', { description: 'Strength in the diffusion network.' }),
      textStrength: t.exposeFloat('textStrength', { description: 'Strength in the text encoders.' }),
      sha256: t.exposeString('sha256', {
        description: 'Hash of its file, lower-case hex; no other file is used.',
      }),
    }),
  });
  return { JobLora: JobLoraType };
}
