import type { CodegenConfig } from '@graphql-codegen/cli';

const options = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  scalars: {
    Seed: { input: 'string | number', output: 'string' },
    DateTime: 'string',
    ByteCount: 'number',
    Upload: 'Blob',
  },
};

/** A typed client of the documents in a folder. */
const client = (documents: string) => ({
  documents,
  preset: 'client' as const,
  presetConfig: { fragmentMasking: false },
  config: options,
});

/** `npm run codegen`: typed clients from `schema.graphql`, as an application would make them. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  importExtension: '.ts',
  generates: {
    'test/client/generated/': client('test/client/*.graphql'),
    'web/src/api/generated/': client('web/src/**/*.graphql'),
    'src/client/generated/': client('src/client/*.graphql'),
  },
};

export default config;
