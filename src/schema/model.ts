import { FAMILIES, type ModelFamily } from '../engine/index.ts';
import type { ModelEntry, RecommendedSettings } from '../models/catalog.ts';
import { listModels, type ModelInfo } from '../resolvers/engine.ts';
import { DEFAULT_MODEL } from '../resolvers/img2img-fields.ts';
import type { Builder } from './builder.ts';
import type { addSamplers } from './sampler.ts';
import type { addSchedulers } from './scheduler.ts';

type Enums = ReturnType<typeof addSamplers> & ReturnType<typeof addSchedulers>;

/** Model (a value for each entry), ModelFamily, ModelInfo, RecommendedSettings and Query.models. */
export function addModels(
  builder: Builder,
  entries: readonly Pick<ModelEntry, 'name' | 'file'>[],
  { SamplerName, Scheduler }: Enums,
) {
  const Model = builder.enumType('Model', {
    description:
      'A checkpoint by its file name without the extension. Values come and go with the files under MODELS_DIR; a name stays with its file.',
    values: Object.fromEntries(
      entries.map(({ name, file }) => [name, { value: name, description: `The checkpoint ${file}.` }]),
    ),
  });

  const Family = builder.enumType('ModelFamily', {
    description: 'The architecture of a checkpoint, detected from its keys and shapes.',
    values: Object.fromEntries(
      Object.entries(FAMILIES).map(([value, { apiName, description }]) => [apiName, { value, description }]),
    ) as Record<string, { value: ModelFamily; description: string }>,
  });

  const Recommended = builder.objectRef<RecommendedSettings>('RecommendedSettings').implement({
    description: 'Settings a model works best with.',
    fields: (t) => ({
      width: t.exposeInt('width', { description: 'Width in pixels.' }),
      height: t.exposeInt('height', { description: 'Height in pixels.' }),
      steps: t.exposeInt('steps', { description: 'Number of steps.' }),
      cfg: t.exposeFloat('cfg', { description: 'Guidance scale.' }),
      samplerName: t.expose('samplerName', { type: SamplerName, description: 'Sampler.' }),
      scheduler: t.expose('scheduler', { type: Scheduler, description: 'Scheduler.' }),
    }),
  });

  const names = new Set(entries.map(({ name }) => name));
  const isValue = (name: string) => names.has(name); // others came while an operation was under way

  const ModelInfoType = builder.node(builder.objectRef<ModelInfo>('ModelInfo'), {
    description: 'A model of this server and its state at this moment.',
    id: { resolve: ({ name }) => name },
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'missingFiles' in value,
    loadManyWithoutCache: async (ids, { services }) => {
      const models = (await listModels(services)).filter(({ name }) => isValue(name));
      return ids.map((id) => models.find(({ name }) => name === id));
    },
    fields: (t) => ({
      name: t.field({
        type: Model,
        description: 'The value to give as `model`.',
        resolve: (model) => model.name,
      }),
      file: t.exposeString('file', {
        description: "The checkpoint's path below MODELS_DIR (the bundled model's below the program).",
      }),
      family: t.expose('family', {
        type: Family,
        nullable: true,
        description: 'The architecture; null while the file is missing or cannot be used.',
      }),
      installed: t.exposeBoolean('installed', { description: 'Whether every file it needs is in place.' }),
      missingFiles: t.exposeStringList('missingFiles', {
        description: 'The files that are missing, with their paths below MODELS_DIR.',
      }),
      precision: t.exposeString('precision', {
        nullable: true,
        description:
          'The type of most of its weights, such as `f32`, `f16`, `bf16` or `f8_e4m3`; null while the file cannot be read.',
      }),
      licence: t.exposeString('licence', {
        nullable: true,
        description:
          "The licence that the file's metadata names, else that of the known model that belongs at its path; null if neither is known.",
      }),
      hash: t.string({
        nullable: true,
        description:
          'SHA-256 of the checkpoint, lower-case hex (of a folder: over the hashes of its files); null while it is unknown. It is ' +
          'computed once, in the background.',
        resolve: ({ name, installed }, _args, { services }) =>
          installed ? services.models.hashOf(name) : null,
      }),
      problem: t.exposeString('problem', {
        nullable: true,
        description: 'Why the file cannot be used; null if it can.',
      }),
      sizeBytes: t.expose('sizeBytes', { type: 'ByteCount', description: 'Size on disk.' }),
      recommended: t.expose('recommended', {
        type: Recommended,
        description: 'Settings it works best with; a job that departs far from them gets a warning.',
      }),
      workers: t.exposeStringList('workers', {
        description:
          'Names of the workers of the cluster that take its jobs; empty where the server itself works.',
      }),
      loaded: t.exposeBoolean('loaded', { description: 'Whether its networks are in memory now.' }),
    }),
  });

  builder.queryField('models', (t) =>
    t.field({
      type: [ModelInfoType],
      description: 'Every model that `img2img` can be asked for, installed or not.',
      resolve: async (_root, _args, { services }) =>
        (await listModels(services)).filter(({ name }) => isValue(name)),
    }),
  );

  return {
    Model,
    isValue,
    ModelInfo: ModelInfoType,
    ModelFamily: Family,
    defaultModel: entries.find(({ name }) => name === DEFAULT_MODEL)?.name ?? null,
  };
}
