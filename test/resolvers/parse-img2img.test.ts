import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelDescription } from '../../src/models/catalog.ts';
import { ClusterModels } from '../../src/models/cluster-models.ts';
import { InstalledModels } from '../../src/models/installed-models.ts';
import { InputErrors } from '../../src/resolvers/errors.ts';
import type { Img2ImgInput } from '../../src/resolvers/img2img-fields.ts';
import { parseImg2Img, type CheckedInput, type Submission } from '../../src/resolvers/parse-img2img.ts';

const MODEL: ModelDescription = {
  name: 'starter',
  file: 'assets/models/starter.safetensors',
  family: 'sd15',
  installed: true,
  missingFiles: [],
  sizeBytes: 1,
  problem: null,
  workers: [],
  precision: 'f16',
  licence: null,
  recommended: { width: 512, height: 512, steps: 20, cfg: 8, samplerName: 'euler', scheduler: 'normal' },
};

const parse = (
  fields: Img2ImgInput,
  model: Partial<ModelDescription> = {},
  rest: Partial<Submission> = {},
): CheckedInput =>
  parseImg2Img({ fields, priority: 0, idempotencyKey: null, ...rest }, { ...MODEL, ...model }, '/srv/models');

/** Code, path and message of every fault. */
function faults(...args: Parameters<typeof parse>): [string, string, string][] {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof InputErrors) {
      return error.errors.map(({ code, field, message }) => [code, field.join('.'), message]);
    }
    throw error;
  }
  return [];
}

const DEFAULTS: CheckedInput = {
  model: 'starter',
  seed: '0',
  steps: 20,
  batchSize: 1,
  width: 512,
  height: 512,
  samplerName: 'euler',
  cfg: 8,
  denoiseStrength: 1,
  scheduler: 'normal',
  prompt: 'beautiful scenery nature glass bottle landscape, purple galaxy bottle',
  negativePrompt: 'text, watermark',
  imageUrl: '',
  resizeMode: 'CROP',
};

describe('parseImg2Img', () => {
  test('fills in the defaults for an empty input, with denoise 1 as there is no image', () => {
    expect(parse({})).toEqual(DEFAULTS);
  });

  test('takes null for what the model recommends where it recommends something, else for the default', () => {
    const nothing = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, null])) as Img2ImgInput;
    const recommended = {
      ...{ width: 1024, height: 768, steps: 4, cfg: 1 },
      ...({ samplerName: 'lcm', scheduler: 'simple' } as const),
    };
    expect(parse({ ...nothing, seed: 0n }, { recommended })).toEqual({ ...DEFAULTS, ...recommended });
    expect(parse({}, { recommended })).toEqual(DEFAULTS);
    expect(parse({ ...recommended, width: 64 })).toEqual({ ...DEFAULTS, ...recommended, width: 64 });
  });

  test.each([[null], [-1n]])('draws another seed each time for %s', (seed) => {
    const seeds = new Set([1, 2, 3].map(() => parse({ seed }).seed));
    expect(seeds.size).toBe(3);
    for (const drawn of seeds) expect(BigInt(drawn)).toBeGreaterThanOrEqual(0n);
  });

  test('keeps the noise of a card where it is asked for', () => {
    expect(parse({ noiseDevice: 'GPU' })).toEqual({ ...DEFAULTS, noiseDevice: 'GPU' });
    expect(parse({ noiseDevice: 'CPU' })).toEqual(DEFAULTS);
    expect(parse({ noiseDevice: null })).toEqual(DEFAULTS);
  });

  test('takes tiling for models with convolutions alone', () => {
    expect(parse({ tiling: 'BOTH' }).tiling).toBe('BOTH');
    expect(faults({ tiling: 'BOTH' }, { family: 'flux', name: 'dev' })).toContainEqual([
      'UNSUPPORTED',
      'input.tiling',
      'tiling is for SD1.5, SD2, SDXL and SDXL refiner models, dev is FLUX.1: leave it out',
    ]);
  });

  test('draws the seed of a variation where none is given, with an idempotency key always the same', () => {
    const strength = 0.5;
    expect(parse({ variation: { seed: 3n, strength } }).variation).toEqual({ seed: '3', strength });
    const drawn = [1, 2].map(() => parse({ variation: { seed: -1n, strength } }).variation!.seed);
    expect(new Set(drawn).size).toBe(2);
    expect(faults({ variation: { strength: 1.5 } })[0]?.slice(1)).toEqual([
      'input.variation.strength',
      'variation.strength must be from 0 to 1, got 1.5',
    ]);
  });

  test('names the field in which a model was asked for', () => {
    const missing = { missingFiles: ['a.safetensors'] };
    expect(faults({ modelName: 'x' }, missing)[0]?.[1]).toBe('input.modelName');
    expect(faults({ model: 'x' }, missing)[0]?.[1]).toBe('input.model');
  });

  test('keeps the denoise strength when there is an image', () => {
    expect(parse({ imageUrl: 'https://example.org/a.png' }).denoiseStrength).toBe(0.75);
    expect(parse({ image: new Blob(['x']), denoiseStrength: 0 }).denoiseStrength).toBe(0);
  });

  test('keeps nothing of a data: URL that only pretends to have a media type', () => {
    for (const url of [
      `data:${'x'.repeat(9999)},`,
      `data:image/${'x'.repeat(9999)};base64,AAAA`,
      'data:',
      'data:,A',
    ]) {
      expect(parse({ imageUrl: url }).imageUrl).toBe('data:');
    }
  });

  test('shortens a data: URL to its media type', () => {
    expect(parse({ imageUrl: ' data:image/png;base64,AAAA' }).imageUrl).toBe('data:image/png');
  });

  test('accepts both ends of every range', () => {
    const least = { steps: 1, batchSize: 1, width: 64, height: 64, cfg: 0, denoiseStrength: 0 };
    const most = { steps: 150, batchSize: 16, width: 2048, height: 2048, cfg: 100, denoiseStrength: 1 };
    const imageUrl = 'https://example.org/a.png';
    expect(parse({ ...least, imageUrl })).toMatchObject(least);
    expect(parse({ ...most, imageUrl })).toMatchObject(most);
  });

  test('reports every wrong field at once, each with its path, what is expected and what came', () => {
    const fields = {
      steps: 0,
      batchSize: 17,
      width: 515,
      height: 3000,
      cfg: NaN,
      denoiseStrength: 1.01,
      prompt: 'x'.repeat(10_001),
      imageUrl: 'https://example.org/a.png',
      image: new Blob(['x']),
    };
    const rest = { priority: 1000, idempotencyKey: '' };
    expect(faults(fields, {}, rest).sort((a, b) => a[1].localeCompare(b[1]))).toEqual([
      ['INVALID_VALUE', 'idempotencyKey', 'idempotencyKey must have 1 to 255 characters, got 0'],
      ['INVALID_VALUE', 'input.batchSize', 'batchSize must be from 1 to 16, got 17'],
      ['INVALID_VALUE', 'input.cfg', 'cfg must be from 0 to 100, got NaN'],
      ['INVALID_VALUE', 'input.denoiseStrength', 'denoiseStrength must be from 0 to 1, got 1.01'],
      [
        'INVALID_VALUE',
        'input.height',
        'height must be a multiple of 8 from 64 to 2048, got 3000; nearest: 2048',
      ],
      ['INVALID_VALUE', 'input.image', 'expected one picture, got image and imageUrl'],
      ['INVALID_VALUE', 'input.prompt', 'prompt must have at most 10000 characters, got 10001'],
      ['INVALID_VALUE', 'input.steps', 'steps must be from 1 to 150, got 0'],
      [
        'INVALID_VALUE',
        'input.width',
        'width must be a multiple of 8 from 64 to 2048, got 515; nearest: 512 or 520',
      ],
      ['INVALID_VALUE', 'priority', 'priority must be from -100 to 100, got 1000'],
    ]);
  });

  test('asks for multiples of 16 where the model is FLUX', () => {
    expect(faults({ width: 520, height: 512 }, { family: 'flux' })).toEqual([
      [
        'INVALID_VALUE',
        'input.width',
        'width must be a multiple of 16 from 64 to 2048, got 520; nearest: 512 or 528',
      ],
    ]);
  });

  test('names the files and the folder of a model that is not installed', () => {
    const missing = {
      installed: false,
      family: null,
      missingFiles: ['flux/ae.safetensors', 'flux/tokenizer.json'],
    };
    expect(faults({}, missing)).toEqual([
      [
        'MODEL_NOT_INSTALLED',
        'input.model',
        'starter is not installed: put flux/ae.safetensors, flux/tokenizer.json into /srv/models',
      ],
    ]);
  });

  test('names what a model lacks beside its files', () => {
    const missing = { installed: false, missingFiles: ['starter.safetensors'], hindrance: 'none is running' };
    expect(faults({}, missing)).toEqual([
      ['MODEL_NOT_INSTALLED', 'input.model', 'starter is not installed: none is running'],
    ]);
  });

  test('tells why a model cannot be used, and that there is no such model', () => {
    expect(faults({}, { installed: false, problem: 'no key "x" at byte 7' })).toEqual([
      ['MODEL_INVALID', 'input.model', 'starter cannot be used: no key "x" at byte 7'],
    ]);
    expect(faults({}, { hindrance: 'set heads in the sidecar' })).toEqual([
      ['MODEL_INVALID', 'input.model', 'starter cannot be used: set heads in the sidecar'],
    ]);
    expect(() =>
      parseImg2Img({ fields: { model: 'gone' }, priority: 0, idempotencyKey: null }, undefined, '/'),
    ).toThrow('there is no model gone; see the models query');
  });

  test('draws a seed for null, another each time, but the same for the same idempotency key', () => {
    const drawn = () => parse({ seed: null }).seed;
    expect(new Set([drawn(), drawn(), drawn()]).size).toBe(3);
    const keyed = (idempotencyKey: string) => parse({ seed: null }, {}, { idempotencyKey }).seed;
    expect(keyed('a')).toBe(keyed('a'));
    expect(keyed('a')).not.toBe(keyed('b'));
    expect(BigInt(keyed('a'))).toBeLessThan(2n ** 64n);
  });
});

describe('A model that is not installed', () => {
  test('is MODEL_NOT_INSTALLED, names its files and where they belong, on one server and in a cluster', async () => {
    const modelsDir = await mkdtemp(join(tmpdir(), 'latentql-models-'));
    const catalogues = [
      await InstalledModels.find({ modelsDir, packageDir: modelsDir }),
      new ClusterModels([], () => Promise.resolve([])),
    ];
    await rm(modelsDir, { recursive: true });
    const places: string[] = [];
    for (const models of catalogues) {
      const model = await models.get('flux1_schnell');
      const submission = { fields: { width: 512, height: 512 }, priority: 0, idempotencyKey: null };
      let thrown: unknown;
      try {
        parseImg2Img(submission, model, models.place);
      } catch (error) {
        thrown = error;
      }
      expect((thrown as InputErrors).errors.map(({ code }) => code)).toEqual(['MODEL_NOT_INSTALLED']);
      expect((thrown as Error).message).toContain('flux.1-schnell/flux1-schnell.safetensors');
      places.push((thrown as Error).message.replace(/.* into /, ''));
    }
    expect(places).toEqual(['MODELS_DIR', 'the MODELS_DIR of a worker']);
  });
});

describe('the weights of a prompt', () => {
  test.each([
    ['(a:nan)', 'NaN for "a"'],
    ['x (a:inf)', 'Infinity for "a"'],
    ['(a:-infinity)', '-Infinity for "a"'],
    ['(a:1e39)', '1e+39 for "a"'],
    ['(cat:1e308) dog', '1e+308 for "cat"'],
    ['(a:9e999)', 'Infinity for "a"'],
    ['((a:-1e7))', '-10000000 for "a"'],
    ['(a:１e９)', '1000000000 for "a"'],
  ])('of %s are refused for either prompt, with what came', (text, got) => {
    for (const name of ['prompt', 'negativePrompt'] as const) {
      const message = `${name} must have weights from -1000000 to 1000000, got ${got}`;
      expect(faults({ [name]: text })).toEqual([['INVALID_VALUE', `input.${name}`, message]]);
    }
  });

  test.each(['(a:-2.5)', '(a:0)', '(a:1e6)', '((((a))))', '(a:1e', 'a:nan', '(nan)', '\\(a:inf\\)'])(
    'of %s are taken',
    (prompt) => {
      expect(parse({ prompt }).prompt).toBe(prompt);
    },
  );

  test.each([
    ['('.repeat(5000) + ')'.repeat(5000), 5000],
    [`${'('.repeat(4000)}a:1${')'.repeat(4000)}`, 4000],
    ['('.repeat(10_000), 10_000],
  ])('nest no deeper than is read in no time', (prompt, depth) => {
    const message = `prompt must nest brackets at most 100 deep, got ${depth}`;
    expect(faults({ prompt })).toEqual([['INVALID_VALUE', 'input.prompt', message]]);
  });

  test('may nest in any number side by side, and escaped', () => {
    for (const prompt of ['(a)'.repeat(3000), '\\('.repeat(4000), ')('.repeat(4000)]) {
      expect(parse({ prompt }).prompt).toBe(prompt);
    }
  });
});

describe('sampling options', () => {
  test('stand in the settings as they were given, and are absent otherwise', () => {
    expect(parse({ samplerName: 'seeds_2', eta: 0.5, sNoise: 1.1, rescaleCfg: 0.7 }).options).toEqual({
      eta: 0.5,
      sNoise: 1.1,
      rescaleCfg: 0.7,
    });
    expect(parse({ cfgInterval: { end: 0.8 } }).options).toEqual({ cfgInterval: { start: 0, end: 0.8 } });
    expect(parse({ flowShift: 3 }, { family: 'flux' }).options).toEqual({ flowShift: 3 });
    expect(parse({ eta: null, sNoise: null, rescaleCfg: null, cfgInterval: null })).toEqual(DEFAULTS);
  });

  test.each<[Img2ImgInput, RegExp]>([
    [{ samplerName: 'seeds_2', eta: 1.5 }, /^eta must be from 0 to 1, got 1.5$/],
    [{ samplerName: 'seeds_2', sNoise: -1 }, /^sNoise must be from 0 to 2, got -1$/],
    [{ rescaleCfg: 2 }, /^rescaleCfg must be from 0 to 1, got 2$/],
    [{ cfgInterval: { start: 0.5, end: 0.5 } }, /^cfgInterval must go from .*, got 0.5 to 0.5$/],
    [{ cfgInterval: { start: -0.1 } }, /^cfgInterval must go from .*, got -0.1 to 1$/],
    [{ samplerName: 'euler', eta: 1 }, /^the sampler euler takes no eta; its samplers are .*seeds_2/],
    [{ samplerName: 'er_sde', eta: 1 }, /^the sampler er_sde takes no eta/],
    [{ samplerName: 'dpmpp_2m', sNoise: 1 }, /^the sampler dpmpp_2m takes no sNoise; .*er_sde/],
    [{ flowShift: 3 }, /^flowShift is for FLUX\.1 models, which starter is not$/],
  ])('%j are refused', (fields, message) => {
    expect(faults(fields)).toEqual([
      [expect.any(String), `input.${Object.keys(fields).at(-1)!}`, expect.stringMatching(message)],
    ]);
  });

  test('of what is approximated stand there likewise, the depth as ComfyUI has it if it is left out', () => {
    expect(parse({ deepCache: { interval: 3 }, tokenMerging: 0.5 }).options).toEqual({
      deepCache: { interval: 3, depth: 3 },
      tokenMerging: 0.5,
    });
    expect(parse({ deepCache: { interval: 1, depth: 0 } }, { family: 'sdxl' }).options).toEqual({
      deepCache: { interval: 1, depth: 0 },
    });
    expect(parse({ quality: 'FAST' }).options).toEqual({ quality: 'FAST' });
    expect(parse({ quality: 'EXACT' })).toEqual(DEFAULTS);
    expect(parse({ quality: null, deepCache: null, tokenMerging: null })).toEqual(DEFAULTS);
  });

  test.each<[Img2ImgInput, string, RegExp]>([
    [
      { deepCache: { interval: 0 } },
      'deepCache.interval',
      /^deepCache.interval must be from 1 to 10, got 0$/,
    ],
    [{ deepCache: { interval: 11 } }, 'deepCache.interval', /got 11$/],
    [
      { deepCache: { interval: 2, depth: -1 } },
      'deepCache.depth',
      /^deepCache.depth must be from 0 to 11, got -1$/,
    ],
    [{ deepCache: { interval: 2, depth: 12 } }, 'deepCache.depth', /got 12$/],
    [{ tokenMerging: 0.76 }, 'tokenMerging', /^tokenMerging must be from 0 to 0.75, got 0.76$/],
    [{ tokenMerging: -0.1 }, 'tokenMerging', /got -0.1$/],
  ])('%j are out of range', (fields, field, message) => {
    expect(faults(fields)).toEqual([['INVALID_VALUE', `input.${field}`, expect.stringMatching(message)]]);
  });

  test('for the UNets of Stable Diffusion are refused for FLUX', () => {
    const fields: Img2ImgInput = { quality: 'FAST', deepCache: { interval: 2 }, tokenMerging: 0.5 };
    expect(faults(fields, { family: 'flux' })).toEqual(
      ['quality', 'deepCache', 'tokenMerging'].map((field) => [
        'UNSUPPORTED',
        `input.${field}`,
        expect.stringMatching(
          `^${field}( FAST)? is for .*SDXL.* models, .* is FLUX.1: leave it out$`,
        ) as unknown,
      ]),
    );
  });

  test('and a schedule that FLUX does not take are refused', () => {
    const fields: Img2ImgInput = { rescaleCfg: 0.5, scheduler: 'align_your_steps' };
    expect(faults(fields, { family: 'flux' }).map(([code, field]) => [code, field])).toEqual([
      ['UNSUPPORTED', 'input.rescaleCfg'],
      ['UNSUPPORTED', 'input.scheduler'],
    ]);
  });
});
