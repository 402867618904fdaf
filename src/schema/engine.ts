import type { EngineStatus } from '../engine/index.ts';
import { engineOverview, type EngineDevice, type EngineOverview } from '../resolvers/engine-overview.ts';
import { describedValues, type Builder } from './builder.ts';
import type { addModels } from './model.ts';

/** EngineStatus, EngineDevice and Query.engine. */
export function addEngine(builder: Builder, { Model }: Pick<ReturnType<typeof addModels>, 'Model'>): void {
  const State = builder.enumType('EngineState', {
    description: 'What an engine process is doing.',
    values: describedValues<EngineStatus['state']>({
      STARTING: 'Coming up and checking its device.',
      IDLE: 'Ready for a job.',
      BUSY: 'Working on a job.',
      STOPPED: 'Not running; the next job starts it.',
    }),
  });

  const Device = builder.objectRef<EngineDevice>('EngineDevice').implement({
    description: 'An engine process and the device it owns.',
    fields: (t) => ({
      worker: t.string({
        nullable: true,
        description: 'The worker of the fleet it belongs to; null where the server itself works.',
        resolve: ({ worker }) => worker ?? null,
      }),
      provider: t.exposeString('device', { description: 'Execution provider in use, such as `cpu`.' }),
      reason: t.exposeString('reason', { description: 'Why this provider was taken.' }),
      state: t.expose('state', { type: State, description: 'What it is doing.' }),
      processId: t.exposeInt('processId', {
        nullable: true,
        description: 'Its process; null while there is none.',
      }),
      residentBytes: t.exposeFloat('residentBytes', { description: 'Memory it holds, a whole number.' }),
      loaded: t.field({
        type: [Model],
        description: 'Models whose networks are in memory.',
        resolve: ({ loaded }) => loaded.map(({ file }) => file),
      }),
      runtimeVersion: t.exposeString('runtimeVersion', { description: 'Version of ONNX Runtime.' }),
    }),
  });

  const Status = builder.objectRef<EngineOverview>('EngineStatus').implement({
    description: "The server's engines and their queue at this moment.",
    fields: (t) => ({
      devices: t.expose('devices', { type: [Device], description: 'One for each engine process.' }),
      memoryLimit: t.exposeFloat('memoryLimit', {
        description: 'Bytes that an engine process may keep in memory, a whole number.',
      }),
      waiting: t.exposeInt('waiting', { description: 'Jobs in the queue.' }),
      running: t.exposeInt('running', { description: 'Jobs being worked on.' }),
    }),
  });

  builder.queryField('engine', (t) =>
    t.field({
      type: Status,
      description: 'What the server is doing.',
      resolve: (_root, _args, { services }) => engineOverview(services),
    }),
  );
}
