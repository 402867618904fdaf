import graphql from '@graphql-eslint/eslint-plugin';

/** The rules for schema.graphql; docs/decisions/0013 says why these types are excepted. */

/** Enums whose values are the names that users know from ComfyUI and from their files. */
const NAMES_AS_THEY_ARE = ['SamplerName', 'Scheduler', 'LatentMethod', 'Model'];

/** Values: they have no life of their own, and a cache keeps them within what holds them. */
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

/** What there is once, or what its name tells from its like; docs/clients.md has the keys for caches. */
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

/** Lists of what has an id are connections, but for those that are short by nature. */
const bareLists = {
  selector:
    'ObjectTypeDefinition:not([name.value=/Connection$/]) > FieldDefinition:not([name.value=/^(images|models|refreshModels)$/]) ' +
    'ListType NamedType[name.value=/^(Job|Image|SourceImage|ModelInfo)$/]',
  message: 'A list of nodes that grows is a connection.',
};

/** Codes of `errors[].extensions`, to which the type system has no path; the rule takes no exceptions. */
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
