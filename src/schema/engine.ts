import type { EngineStatus as EngineProcessStatus } from '../engine/index.ts';
import { engineStatus, type EngineStatus } from '../resolvers/engine.ts';
import type { EngineDevice } from '../resolvers/services.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addModels } from './model.ts';

/** EngineStatus, EngineDevice and Query.engine. */
export function addEngine(
  builder: Builder,
  { Model, isValue }: Pick<ReturnType<typeof addModels>, 'Model' | 'isValue'>,
) {
  const State = builder.enumType('EngineState', {
    description: 'What an engine process is doing.',
    values: describedValues<EngineProcessStatus['state']>({
      STARTING: 'Starting and checking its device.',
      IDLE: 'Ready for a job.',
      BUSY: 'Working on a job.',
      STOPPED: 'Not running; the next job starts it.',
    }),
  });

  const Device = builder.objectRef<EngineDevice>('EngineDevice').implement({
    description: 'An engine process and the device it owns.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name as in DEVICE, such as `cuda:1`.' }),
      worker: t.exposeString('worker', {
        nullable: true,
        description: 'The worker of the cluster it belongs to; null where the server itself works.',
      }),
      problem: t.exposeString('problem', {
        nullable: true,
        description: 'Why it takes no jobs now, such as a device that does not open; null if it does.',
      }),
      provider: t.exposeString('device', { description: 'Execution provider in use, such as `cpu`.' }),
      reason: t.exposeString('reason', { description: 'Why this provider was taken.' }),
      precision: t.exposeString('precision', {
        nullable: true,
        description: 'What its networks compute in, `f16` or `f32`; null before its device is open.',
      }),
      state: t.expose('state', { type: State, description: 'What it is doing.' }),
      processId: t.exposeInt('processId', {
        nullable: true,
        description: 'Its process; null while it is not running.',
      }),
      residentBytes: t.expose('residentBytes', { type: 'ByteCount', description: 'Memory it holds.' }),
      card: t.string({
        nullable: true,
        description: "The card as NVIDIA's driver calls it; null on other devices.",
        resolve: ({ card }) => card ?? null,
      }),
      memoryBytes: t.field({
        type: 'ByteCount',
        nullable: true,
        description:
          "The card's own memory, by NVIDIA's driver; null on other devices: no runtime says it there. On the CPU it is the machine's.",
        resolve: ({ memoryBytes }) => memoryBytes ?? null,
      }),
      memoryUsedBytes: t.field({
        type: 'ByteCount',
        nullable: true,
        description: 'How much of it was in use, by anybody, after the last job; null likewise.',
        resolve: ({ memoryUsedBytes }) => memoryUsedBytes ?? null,
      }),
      loaded: t.field({
        type: [Model],
        description: 'Models whose networks are in memory.',
        resolve: ({ loaded }) => loaded.filter(isValue),
      }),
      lastEventAt: t.expose('lastEventAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its running job last reported something; null while it has none.',
      }),
      interruptions: t.exposeInt('interruptions', {
        description: 'Times that its process ended unexpectedly since the start.',
      }),
      hung: t.exposeInt('hung', {
        description: 'Times that it was killed since the start because it reported nothing for too long.',
      }),
      runtimeVersion: t.exposeString('runtimeVersion', { description: 'Version of ONNX Runtime.' }),
    }),
  });

  const Status = builder.objectRef<EngineStatus>('EngineStatus').implement({
    description: "The server's engines and their queue at this moment.",
    fields: (t) => ({
      devices: t.expose('devices', { type: [Device], description: 'One for each engine process.' }),
      memoryLimit: t.expose('memoryLimit', {
        type: 'ByteCount',
        description: 'Memory that an engine process may take.',
      }),
      waiting: t.exposeInt('waiting', { description: 'Jobs in the queue.' }),
      running: t.exposeInt('running', { description: 'Running jobs.' }),
      paused: t.exposeBoolean('paused', { description: 'Whether the whole queue is paused.' }),
      pausedModels: t.exposeStringList('pausedModels', {
        description: 'Names of the models whose jobs are paused.',
      }),
    }),
  });

  builder.queryField('engine', (t) =>
    t.field({
      type: Status,
      description: 'What the server is doing.',
      resolve: (_root, _args, { services }) => engineStatus(services),
    }),
  );

  return { EngineStatus: Status };
}
