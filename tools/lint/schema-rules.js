import graphql from '@graphql-eslint/eslint-plugin';

/** Lint rules for schema.graphql. docs/decisions/0013 explains the exceptions. */

/** Enums whose values are names from ComfyUI or of files. */
const NAMES_AS_THEY_ARE = ['SamplerName', 'Scheduler', 'LatentMethod', 'Model'];

/** Value types: they have no identity, and caches embed them in their parents. */
const VALUES = [
  ...[
    'RecommendedSettings',
    'EmbeddingVectors',
    'Preview',
    'IntRange',
    'FloatRange',
    'Limits',
    'PromptTokens',
  ],
  ...['Img2ImgSettings', 'GuidedPart', 'Variation', 'StageTiming', 'UserError', 'PageInfo'],
  ...[
    'JobEmbedding',
    'JobControl',
    'JobLora',
    'JobFile',
    'JobUpscale',
    'JobMask',
    'JobExtend',
    'JobRefiner',
    'DeepCache',
  ],
  ...['JobError', 'JobWarning', 'JobAttempt'],
  ...['PictureSettings', 'PictureRefiner', 'PictureControl', 'PictureMask', 'PictureLora', 'PictureUpscale'],
];

/** Singletons, and types identified by name; docs/clients.md lists their cache keys. */
const KEYED_OTHERWISE = [
  ...[
    'SamplerInfo',
    'SchedulerInfo',
    'EmbeddingInfo',
    'ControlModelInfo',
    'LoraInfo',
    'VaeInfo',
    'UpscalerInfo',
  ],
  ...['EngineDevice', 'EngineStatus', 'ModelPull'],
];

const WRAPPERS = ['Payload', 'Edge', 'Connection'];

const isExcepted = NAMES_AS_THEY_ARE.join('|');
const [severity, { EnumValueDefinition, ...naming }] =
  graphql.configs['flat/schema-recommended'].rules['@graphql-eslint/naming-convention'];

/** Lists of types with an id must be connections, except for those that are short by nature. */
const bareLists = {
  selector:
    'ObjectTypeDefinition:not([name.value=/Connection$/]) > FieldDefinition:not([name.value=/^(images|models|refreshModels)$/]) ' +
    'ListType NamedType[name.value=/^(Job|Image|SourceImage|ModelInfo)$/]',
  message: 'A growing list of nodes must be a connection.',
};

/**
 * Ignores ErrorCode, the codes in `errors[].extensions`, which no field of the schema refers to. The rule
 * supports no exceptions.
 */
const ERROR_CODE = 'Enum type `ErrorCode` is unreachable';
const butErrorCode = {
  preprocess: (text) => [text],
  postprocess: (blocks) => blocks.flat().filter(({ message }) => !message.startsWith(ERROR_CODE)),
  supportsAutofix: true,
};

export default {
  files: ['schema.graphql'],
  processor: butErrorCode,
  plugins: { '@graphql-eslint': graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: 'schema.graphql' } },
  },
  rules: {
    ...graphql.configs['flat/schema-recommended'].rules,
    ...graphql.configs['flat/schema-relay'].rules,
    '@graphql-eslint/naming-convention': [
      severity,
      {
        ...naming,
        [`EnumValueDefinition[parent.name.value!=/^(${isExcepted})$/]`]: EnumValueDefinition,
      },
    ],
    '@graphql-eslint/strict-id-in-types': [
      'error',
      { exceptions: { types: [...VALUES, ...KEYED_OTHERWISE], suffixes: WRAPPERS } },
    ],
    '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
    'no-restricted-syntax': ['error', bareLists],
  },
};
