import type { JobLora } from '../jobs/request.ts';
import type { LoraInfo } from '../models/adapter-catalog.ts';
import { contentFields, hashField, placeFields } from './adapter.ts';
import type { Builder } from './builder.ts';
import type { addModels } from './model.ts';

/** LoraInfo, JobLora and Query.loras. */
export function addLoras(builder: Builder, { ModelFamily }: ReturnType<typeof addModels>) {
  const Info = builder.objectRef<LoraInfo>('LoraInfo').implement({
    description: 'A LoRA file, or one of its relatives, found below MODELS_DIR.',
    fields: (t) => ({
      ...placeFields(t, 'The name to give in `loras` or `<lora:name:strength>`.'),
      family: t.expose('family', {
        type: ModelFamily,
        nullable: true,
        description: 'The architecture that it was made for; null where its file does not tell.',
      }),
      title: t.exposeString('title', { nullable: true, description: "The author's name for it." }),
      triggerWords: t.exposeStringList('triggerWords', {
        description: 'Words it was trained on, the most frequent first.',
      }),
      ...contentFields(t),
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
      ...hashField(t),
    }),
  });
  return { JobLora: JobLoraType };
}
