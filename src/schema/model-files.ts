import type { PULL_STATES } from '../models/pulls.ts';
import { type ModelPull } from '../models/pulls.ts';
import {
  pullModel,
  type PullModelPayload,
  refreshModels,
  unloadModels,
  watchPull,
} from '../resolvers/model-files.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addEngine } from './engine.ts';
import type { addModels } from './model.ts';
import type { addUserError } from './user-error.ts';

type Parts = Pick<ReturnType<typeof addModels>, 'ModelInfo' | 'isValue'> &
  ReturnType<typeof addEngine> &
  ReturnType<typeof addUserError>;

/** What operators do with the files of models: refreshModels, unloadModels, pullModel and Subscription.modelPullProgress. */
export function addModelFiles(
  builder: Builder,
  { ModelInfo, isValue, EngineStatus, UserError }: Parts,
): void {
  builder.mutationField('refreshModels', (t) =>
    t.field({
      type: [ModelInfo],
      description:
        'Looks for added and removed models at once; the server also does so from time to time and when a folder changes. Returns ' +
        'the models that `Model` had before; a new one is a value of `Model` from the next operation on.',
      resolve: async (_root, _args, { services }) =>
        (await refreshModels(services)).filter(({ name }) => isValue(name)),
    }),
  );

  builder.mutationField('unloadModels', (t) =>
    t.field({
      type: EngineStatus,
      description:
        'Releases the memory that models take. A running job ends first; the next job loads its model again. In a cluster workers ' +
        'obey within seconds.',
      resolve: (_root, _args, { services }) => unloadModels(services),
    }),
  );

  const State = builder.enumType('ModelPullState', {
    description: 'How a download is doing.',
    values: describedValues<(typeof PULL_STATES)[number]>({
      RUNNING: 'Files are being downloaded or checked.',
      SUCCEEDED: 'Every file is in place.',
      FAILED: '`error` says why. Another pull resumes it.',
    }),
  });

  const Pull = builder.objectRef<ModelPull>('ModelPull').implement({
    description: 'A download of a model and its companions at one moment.',
    fields: (t) => ({
      name: t.exposeString('id', { description: 'The name of the model.' }),
      state: t.expose('state', { type: State, description: 'How it is doing.' }),
      file: t.exposeString('file', {
        nullable: true,
        description:
          'The file that is being downloaded, below MODELS_DIR; null before the first and after the last.',
      }),
      bytes: t.expose('bytes', { type: 'ByteCount', description: 'How much of that file is there.' }),
      totalBytes: t.expose('totalBytes', {
        type: 'ByteCount',
        nullable: true,
        description: 'Size of that file; null while it is unknown.',
      }),
      error: t.exposeString('error', { nullable: true, description: 'Why it failed; null if it did not.' }),
    }),
  });

  const Payload = builder.objectRef<PullModelPayload>('PullModelPayload').implement({
    description: 'The download, or why none was begun.',
    fields: (t) => ({
      pull: t.expose('pull', {
        type: Pull,
        nullable: true,
        description: 'The download, which goes on after this answer; null if there are errors.',
      }),
      userErrors: t.expose('userErrors', { type: [UserError], description: 'Why none was begun.' }),
    }),
  });

  builder.mutationField('pullModel', (t) =>
    t.field({
      type: Payload,
      description:
        'Downloads a known model and its companions into MODELS_DIR, as `latentql models pull` does: read the licence at its source ' +
        'page first. Does nothing where it is under way or in place. `modelPullProgress` tells how it is doing.',
      args: { name: t.arg.string({ required: true, description: 'The name of the model.' }) },
      resolve: (_root, { name }, { services }) => pullModel(name, services),
    }),
  );

  builder.subscriptionField('modelPullProgress', (t) =>
    t.field({
      type: Pull,
      description:
        'The latest download of a model: its current state first, then each change until it ends. For operators.',
      args: { name: t.arg.string({ required: true, description: 'The name of the model.' }) },
      subscribe: (_root, { name }, { services, caller }) => watchPull(name, caller, services),
      resolve: (pull) => pull,
    }),
  );
}
