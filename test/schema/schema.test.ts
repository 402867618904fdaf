import { readdir, readFile } from 'node:fs/promises';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  printType,
  type GraphQLEnumType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { NOISE_DEVICES, SAMPLER_NAMES, SCHEDULER_NAMES } from '../../src/engine/index.ts';
import { USER_ERROR_CODES } from '../../src/input-error.ts';
import { JOB_ERROR_CODES, JOB_STAGES, JOB_STATUSES } from '../../src/jobs/job.ts';
import { RESIZE_MODES } from '../../src/jobs/request.ts';
import { KNOWN_MODELS } from '../../src/models/names.ts';
import { buildSchema } from '../../src/schema/index.ts';
import { printSdl } from '../../src/schema/print.ts';

const schema = buildSchema(KNOWN_MODELS);
const enumType = (name: string) => schema.getType(name) as GraphQLEnumType;
const valueNames = (name: string) =>
  enumType(name)
    .getValues()
    .map((value) => value.name);

/** Everything in the schema that can have a description and has none. */
function undescribed(): string[] {
  const missing: string[] = [];
  const check = (coordinate: string, { description }: { description?: string | null | undefined }) => {
    if (!description) missing.push(coordinate);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field);
      for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name}:)`, arg);
    }
  }
  return missing;
}

describe('the schema', () => {
  test('is the one committed as schema.graphql', async () => {
    expect(printSdl()).toBe(await readFile('schema.graphql', 'utf8'));
  });

  test('describes every type, field, argument and enum value', () => {
    expect(undescribed()).toEqual([]);
  });

  test('prints every default of Img2ImgInput', () => {
    const fields = printType(schema.getType('Img2ImgInput')!)
      .split('\n')
      .filter((line) => /^ {2}\w+:/.test(line))
      .map((line) => line.trim());
    expect(fields).toEqual([
      'model: Model = majicmixRealistic_betterV6',
      'modelName: String',
      'seed: Seed = "0"',
      'steps: Int = 20',
      'batchSize: Int = 1',
      'width: Int = 512',
      'height: Int = 512',
      'samplerName: SamplerName = euler',
      'cfg: Float = 8',
      'eta: Float',
      'sNoise: Float',
      'rescaleCfg: Float',
      'cfgInterval: CfgInterval',
      'flowShift: Float',
      'quality: Quality',
      'deepCache: DeepCacheInput',
      'tokenMerging: Float',
      'denoiseStrength: Float = 0.75',
      'scheduler: Scheduler = normal',
      'prompt: String = "beautiful scenery nature glass bottle landscape, purple galaxy bottle"',
      'loras: [LoraInput!]',
      'controls: [ControlInput!]',
      'negativePrompt: String = "text, watermark"',
      'promptStyle: PromptStyle',
      'emphasis: Emphasis',
      'clipSkip: Int',
      'imageUrl: String = ""',
      'image: Upload',
      'imageId: ID',
      'resizeMode: ResizeMode = CROP',
      'mask: MaskInput',
      'guidance: Float',
      'vae: String',
      'decoder: Decoder',
      'extend: ExtendInput',
      'upscale: UpscaleInput',
      'noiseDevice: NoiseDevice = CPU',
      'refiner: RefinerInput',
      'tiling: Tiling',
      'variation: VariationInput',
      'tags: [String!]',
      'metadata: JSONObject',
    ]);
  });

  test('has the enum values that the code knows, spelled and ordered alike', () => {
    expect(valueNames('SamplerName')).toEqual(SAMPLER_NAMES);
    expect(valueNames('Scheduler')).toEqual(SCHEDULER_NAMES);
    expect(valueNames('JobStatus')).toEqual(JOB_STATUSES);
    expect(valueNames('JobStage')).toEqual([...JOB_STAGES, 'OTHER']);
    expect(valueNames('JobErrorCode')).toEqual([...JOB_ERROR_CODES, 'OTHER']);
    expect(valueNames('ResizeMode')).toEqual(RESIZE_MODES);
    expect(valueNames('NoiseDevice')).toEqual(NOISE_DEVICES);
    expect(valueNames('UserErrorCode')).toEqual(USER_ERROR_CODES);
  });

  test('names every code that an error of the server carries', async () => {
    const codes = new Set<string>();
    for (const folder of ['src/server', 'src/schema', 'src/resolvers']) {
      for (const file of await readdir(folder)) {
        const lines = (await readFile(`${folder}/${file}`, 'utf8')).split('\n');
        for (const line of lines.filter((text) => !text.includes('sendJson('))) {
          const code = /\b(?:code: |'code'\] \?\?= |rejectedAs\()'([A-Z_]+)'/.exec(line)?.[1];
          if (code !== undefined) codes.add(code);
        }
      }
    }
    expect(codes.size).toBeGreaterThan(8);
    expect([...codes].filter((code) => !valueNames('ErrorCode').includes(code))).toEqual([]);
  });

  test('stands for a model by its name', () => {
    const values = enumType('Model').getValues();
    expect(Object.fromEntries(values.map(({ name, value }) => [name, value as unknown]))).toEqual({
      majicmixRealistic_betterV6: 'majicmixRealistic_betterV6',
      dreamshaper_8: 'dreamshaper_8',
      sd_xl_base_1_0: 'sd_xl_base_1_0',
      flux1_schnell: 'flux1_schnell',
      starter: 'starter',
    });
  });

  test('offers the models that were found at start, and keeps the default where its file lies elsewhere', () => {
    const found = [
      { name: 'mine', file: 'mine.safetensors' },
      { name: 'majicmixRealistic_betterV6', file: 'loose/majicmixRealistic_betterV6.safetensors' },
    ];
    const own = buildSchema(found);
    expect(printType(own.getType('Model')!)).toContain('  mine\n');
    expect(printType(own.getType('Img2ImgInput')!)).toContain('model: Model = majicmixRealistic_betterV6');
  });

  test('has the root fields of the contract', () => {
    expect(Object.keys(schema.getQueryType()!.getFields()).sort()).toEqual(
      [
        ...[
          'models',
          'loras',
          'vaes',
          'upscalers',
          'controlModels',
          'embeddings',
          'samplers',
          'schedulers',
          'job',
          'jobs',
          'images',
          'engine',
          'settingsOf',
        ],
        ...['limits', 'version', 'promptTokens', 'node', 'nodes'],
      ].sort(),
    );
    expect(Object.keys(schema.getMutationType()!.getFields())).toEqual([
      'img2img',
      'rerun',
      'uploadImage',
      'cancelJob',
      'deleteImage',
      'refreshModels',
      'unloadModels',
      'pullModel',
      'pauseQueue',
      'resumeQueue',
      'setPriority',
      'retryJob',
      'cancelJobs',
      'deleteJob',
    ]);
    expect(Object.keys(schema.getSubscriptionType()!.getFields())).toEqual([
      'jobsChanged',
      'img2imgProgress',
      'modelPullProgress',
    ]);
  });
});
