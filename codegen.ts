import type { CodegenConfig } from '@graphql-codegen/cli';

const options = {
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
};

/** A typed client of the documents in a folder, with a manifest for TRUSTED_DOCUMENTS where its hash is named; a page loads texts, which are smaller. */
const client = (
  documents: string,
  persistedDocuments?: { hashAlgorithm: string },
  documentMode?: 'string',
) => ({
  documents,
  preset: 'client' as const,
  presetConfig: { fragmentMasking: false, ...(persistedDocuments && { persistedDocuments }) },
  config: { ...options, ...(documentMode && { documentMode }) },
});

/** `npm run codegen`: typed clients from `schema.graphql`, as an application would make them. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  importExtension: '.ts',
  generates: {
    'test/client/generated/': client('test/client/*.graphql', { hashAlgorithm: 'sha256' }),
    'web/src/api/generated/': client('web/src/**/*.graphql', { hashAlgorithm: 'sha256' }, 'string'),
    'src/client/generated/': client('src/client/*.graphql'),
  },
};

export default config;
