import type { EmbeddingVectors } from '../engine/index.ts';
import type { JobEmbedding } from '../jobs/request.ts';
import type { EmbeddingInfo } from '../models/adapter-catalog.ts';
import { contentFields, hashField, placeFields } from './adapter.ts';
import type { Builder } from './builder.ts';
import type { addModels } from './model.ts';

/** EmbeddingInfo, EmbeddingVectors, JobEmbedding and Query.embeddings. */
export function addEmbeddings(builder: Builder, { ModelFamily }: ReturnType<typeof addModels>) {
  const Vectors = builder.objectRef<EmbeddingVectors>('EmbeddingVectors').implement({
    description: 'Vectors of one length in an embedding.',
    fields: (t) => ({
      key: t.exposeString('key', { description: 'The name that the file gives them, such as `clip_g`.' }),
      width: t.exposeInt('width', { description: 'Length of a vector.' }),
      count: t.exposeInt('vectors', { description: 'Number of vectors: the tokens that one use takes.' }),
    }),
  });

  const Info = builder.objectRef<EmbeddingInfo>('EmbeddingInfo').implement({
    description: 'A textual inversion, found in a folder for them below MODELS_DIR, or by its keys.',
    fields: (t) => ({
      ...placeFields(
        t,
        'The name to give after `embedding:` in a prompt; with promptStyle A1111 alone, without its folders.',
      ),
      family: t.expose('family', {
        type: ModelFamily,
        nullable: true,
        description: 'The architecture that it was made for; null where its vectors do not tell.',
      }),
      vectors: t.expose('tables', {
        type: [Vectors],
        description: 'Its vectors, for one text encoder or several.',
      }),
      ...contentFields(t),
    }),
  });

  builder.queryField('embeddings', (t) =>
    t.field({
      type: [Info],
      description: 'Every embedding that a prompt can mention.',
      resolve: (_root, _args, { services }) => services.embeddings.list(),
    }),
  );

  const JobEmbeddingType = builder.objectRef<JobEmbedding>('JobEmbedding').implement({
    description: 'An embedding that the prompts of a job mention.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'As the prompts call it.' }),
      file: t.exposeString('file', { description: 'Path below MODELS_DIR when the job was accepted.' }),
      ...hashField(t),
    }),
  });
  return { JobEmbedding: JobEmbeddingType };
}
