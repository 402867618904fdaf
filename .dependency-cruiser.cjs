/** The import rules of docs/architecture.md; `npm run check:imports` enforces them. */
const ENGINE = '^src/engine/';

/** A folder and the only places outside itself that it may import from. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|test|bench|demo|scripts|web)/', pathNot: [from, ...allowed] },
});

/** A package and the only folder that may import it. */
const owner = (name, pkg, folders) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: folders },
  to: { path: `node_modules/(${pkg})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'undetermined'] },
    },
    {
      name: 'api-without-onnxruntime',
      comment:
        'ONNX Runtime blocks its thread and can kill its process: it lives in the engine process alone.',
      severity: 'error',
      from: { path: '^src/((main|serve)\\.ts$|cli/)' },
      to: { path: 'node_modules/onnxruntime-', reachable: true },
    },
    only('engine-alone', ENGINE, [], 'The engine imports nothing outside itself.'),
    {
      name: 'engine-by-its-index',
      comment:
        'Outside the engine, only its public face is imported, and the names of devices, which every command checks before it loads more.',
      severity: 'error',
      from: { path: '^src/', pathNot: ENGINE },
      to: { path: ENGINE, pathNot: '^src/engine/(index|runtime/device)\\.ts$' },
    },
    only('families', '^src/engine/families/', []),
    only('float32', '^src/engine/float32/', []),
    only('checkpoint', '^src/engine/checkpoint/', ['^src/engine/(families/|errors\\.ts$)']),
    only('graph', '^src/engine/graph/', ['^src/engine/(checkpoint/|errors\\.ts$)']),
    only('adapters', '^src/engine/adapters/', ['^src/engine/(graph/|checkpoint/|families/|errors\\.ts$)']),
    only('networks', '^src/engine/networks/', [
      '^src/engine/(graph/|checkpoint/|families/|float32/|errors\\.ts$)',
    ]),
    only('runtime', '^src/engine/runtime/', ['^src/engine/(graph/|checkpoint/|errors\\.ts$)']),
    only('random', '^src/engine/random/', ['^src/engine/float32/']),
    only('noise', '^src/engine/noise/', ['^src/engine/float32/']),
    only('samplers', '^src/engine/samplers/', ['^src/engine/(noise/|random/|float32/)']),
    only('text', '^src/engine/text/', ['^src/engine/errors\\.ts$']),
    only('pipeline', '^src/engine/pipeline/', [
      '^src/engine/(adapters|checkpoint|families|float32|graph|networks|text|noise|random|resizing|samplers|masks|runtime)/',
      '^src/engine/errors\\.ts$',
    ]),
    only('masks', '^src/engine/masks/', []),
    only('resizing', '^src/engine/resizing/', []),
    only('storage', '^src/storage/', ['^src/(config|input-error)\\.ts$']),
    only('images', '^src/images/', [
      '^src/engine/index\\.ts$',
      '^src/input-error\\.ts$',
      '^src/jobs/(job|request)\\.ts$',
    ]),
    {
      name: 'picture-settings-in-a-browser',
      comment: 'A page reads pictures with the same code: nothing of Node and no package, but for types.',
      severity: 'error',
      from: { path: '^src/images/settings/' },
      to: { pathNot: '^src/(images/settings/|input-error\\.ts$)', dependencyTypesNot: ['type-only'] },
    },
    only('models', '^src/models/', [
      '^src/engine/index\\.ts$',
      '^src/storage/',
      '^src/setup/download\\.ts$',
      '^src/(config|input-error|latest-values)\\.ts$',
    ]),
    only('sources', '^src/sources/', [
      '^src/(images|storage)/',
      '^src/jobs/request\\.ts$',
      '^src/(config|input-error)\\.ts$',
    ]),
    only('telemetry', '^src/telemetry/', ['^src/(start-log|jobs/job)\\.ts$']),
    only('jobs', '^src/jobs/', [
      '^src/engine/index\\.ts$',
      '^src/telemetry/job-trace\\.ts$',
      '^src/(images|storage)/',
      '^src/(config|input-error|latest-values|store-urls)\\.ts$',
    ]),
    only('job-stores-apart', '^src/jobs/(sqlite|redis)/', [
      '^src/jobs/[^/]+\\.ts$',
      '^src/engine/index\\.ts$',
      '^src/storage/',
      '^src/(config|input-error|store-urls)\\.ts$',
    ]),
    only('keys', '^src/keys/', ['^src/storage/', '^src/(config|setting-values)\\.ts$']),
    only('client', '^src/client/', [], 'A program of its own: it knows the server by its schema alone.'),
    only('maintenance', '^src/maintenance/', ['^src/(jobs|storage)/', '^src/config\\.ts$']),
    only('resolvers', '^src/resolvers/', [
      '^src/engine/index\\.ts$',
      '^src/(jobs|keys|images|models|sources|storage)/',
      '^src/telemetry/job-trace\\.ts$',
      '^src/(config|input-error)\\.ts$',
    ]),
    only('schema', '^src/schema/', [
      '^src/engine/index\\.ts$',
      '^src/(resolvers|jobs|models)/',
      '^src/images/formats\\.ts$',
      '^src/(config|input-error|error-code)\\.ts$',
    ]),
    only('studio', '^web/', [], 'The studio is a client of the public API like any other.'),
    {
      name: 'services-choose',
      comment:
        'Only src/services (and the two processes that start it) knows which adapter stands behind a port.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(jobs/|services/|maintenance/|serve\\.ts$|cli/)' },
      to: { path: '^src/jobs/(sqlite|redis)/' },
    },
    {
      name: 'resolvers-without-graphql',
      severity: 'error',
      from: { path: '^src/(resolvers|jobs|models|sources|services|storage|images|engine)/' },
      to: { path: 'node_modules/(graphql|graphql-yoga|graphql-ws|@pothos)/' },
    },
    owner('onnxruntime-owner', 'onnxruntime-node|onnxruntime-common', ['^src/engine/runtime/']),
    owner('sharp-owner', 'sharp', ['^src/images/']),
    owner('queue-owner', 'libsql|bullmq|ioredis', ['^src/jobs/']),
    owner('s3-owner', '@aws-sdk', ['^src/storage/']),
    owner('pothos-owner', '@pothos', ['^src/schema/']),
    owner('yoga-owner', 'graphql-yoga', ['^src/server/']),
    owner('telemetry-owner', '@opentelemetry', ['^src/(telemetry/|server/tracing\\.ts$)']),
    owner('websocket-owner', 'graphql-ws|ws', ['^src/(server|client)/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types', 'typings'], // some packages are nothing but types
    },
  },
};
