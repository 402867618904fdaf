import type { CodegenConfig } from '@graphql-codegen/cli';

/** `npm run codegen`: a typed client from `schema.graphql`, as an application would make it. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'test/client/*.graphql',
  importExtension: '.ts',
  generates: {
    'test/client/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          Seed: { input: 'string | number', output: 'string' },
          DateTime: 'string',
          ByteCount: 'number',
          JSONObject: 'Record<string, unknown>',
          Upload: 'Blob',
        },
      },
    },
  },
};

export default config;
