import { readFile } from 'node:fs/promises';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { codeFor } from '../../web/src/code/code.ts';
import { statesSettings } from '../../web/src/dialogs/png-texts.ts';
import { job } from './jobs.ts';

const ENDPOINT = 'http://localhost:4000/graphql';

describe('copy as code', () => {
  it('as GraphQL is a document that the schema takes', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const code = codeFor(job(), 'GraphQL', ENDPOINT);
    expect(validate(schema, parse(code))).toEqual([]);
    expect(code).toContain('samplerName: euler\n');
  });

  it('as GraphQL keeps the mask, the LoRAs and the finer settings of a job', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const { input } = job();
    const code = codeFor(
      job({
        input: {
          ...input,
          eta: 0.5,
          cfgInterval: { start: 0.1, end: 0.9 },
          deepCache: { interval: 3, depth: 2 },
          tokenMerging: 0.5,
          quality: 'FAST',
          noiseDevice: 'GPU',
          loras: [{ name: 'detail', strength: 0.8, textStrength: 0.4 }],
          mask: {
            image: { id: `SourceImage:${'cd'.repeat(32)}`, sha256: 'cd'.repeat(32) },
            fill: 'BLANK',
            area: 'MASKED',
            grow: 8,
            blur: 2,
            padding: 16,
            differential: null,
          },
        },
      }),
      'GraphQL',
      ENDPOINT,
    );
    expect(validate(schema, parse(code))).toEqual([]);
    expect(code).toContain('noiseDevice: GPU');
    expect(code).toContain('deepCache: { interval: 3, depth: 2 }');
    expect(code).toContain('tokenMerging: 0.5');
    expect(code).toContain('quality: FAST');
    expect(code).toContain('loras: [{ name: "detail", strength: 0.8, textStrength: 0.4 }]');
    expect(code).toContain('fill: BLANK, area: MASKED, grow: 8');
  });

  it('as GraphQL keeps controls, extension, refiner, variation, tiling, second pass, VAE and the syntax of the words', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const { input } = job();
    const control = {
      name: 'canny',
      mode: 'LINE',
      strength: 0.5,
      start: 0,
      end: 0.6,
      preprocessor: 'CANNY',
      cannyLow: 50,
    };
    const code = codeFor(
      job({
        input: {
          ...input,
          ...{ promptStyle: 'A1111', emphasis: 'NO_NORM', clipSkip: 2, vae: { name: 'mse' } },
          decoder: 'TAESD',
          controls: [{ ...control, cannyHigh: 150, blur: null, image: { id: 'U291cmNl', sha256: 'ab' } }],
          extend: { left: 64, top: 0, right: 0, bottom: 0, feather: 24 },
          refiner: { name: 'other', switchAt: 0.7 },
          variation: { seed: '9', strength: 0.3 },
          tiling: 'HORIZONTAL' as const,
          upscale: {
            ...{ by: 2, width: 512, height: 512, model: null, method: 'bicubic' },
            ...{ denoiseStrength: 0.4, steps: 8 },
          },
        },
      }),
      'GraphQL',
      ENDPOINT,
    );
    expect(validate(schema, parse(code))).toEqual([]);
    expect(code).toContain(
      'promptStyle: A1111\n    emphasis: NO_NORM\n    clipSkip: 2\n    vae: "mse"\n    decoder: TAESD',
    );
    expect(code).toContain(
      'controls: [{ model: "canny", imageId: "U291cmNl", mode: LINE, strength: 0.5, start: 0, end: 0.6',
    );
    expect(code).toContain('preprocessor: CANNY, cannyLow: 50, cannyHigh: 150 }]');
    expect(code).toContain('upscale: { by: 2, method: bicubic, denoiseStrength: 0.4, steps: 8 }');
    expect(code).toContain('extend: { left: 64,');
    expect(code).toContain('refiner: { model: "other", switchAt: 0.7 }');
    expect(code).toContain('variation: { seed: "9", strength: 0.3 }\n    tiling: HORIZONTAL');
  });

  it('as curl keeps a quote in the words from ending the shell’s', () => {
    const code = codeFor(job(), 'curl', ENDPOINT);
    expect(code).toContain(`the sea'\\''s edge`);
    const body = /-d '(.*)'$/s.exec(code)![1]!.replaceAll(`'\\''`, "'");
    expect(JSON.parse(body)).toMatchObject({
      variables: { input: { modelName: 'starter', seed: '7', imageUrl: `/images/${'ab'.repeat(32)}.png` } },
    });
  });

  it('never holds a key', () => {
    for (const language of ['GraphQL', 'curl', 'TypeScript'] as const) {
      expect(codeFor(job(), language, ENDPOINT)).not.toMatch(/authorization/i);
    }
  });
});

describe('a dropped PNG', () => {
  const chunk = (type: string, text: string) => {
    const bytes = Buffer.alloc(12 + text.length);
    bytes.writeUInt32BE(text.length, 0);
    bytes.write(type + text, 4, 'latin1');
    return bytes;
  };
  const png = (...chunks: Buffer<ArrayBuffer>[]) =>
    new Blob([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks]);

  it('is asked about if a text before its pixels may be settings', async () => {
    expect(await statesSettings(png(chunk('IHDR', 'x'.repeat(13)), chunk('tEXt', 'parameters\0a cat')))).toBe(
      true,
    );
    expect(await statesSettings(png(chunk('tEXt', 'Author\0me'), chunk('IDAT', '')))).toBe(false);
    expect(await statesSettings(png(chunk('IDAT', ''), chunk('tEXt', 'parameters\0a cat')))).toBe(false);
    expect(await statesSettings(new Blob(['no picture']))).toBe(false);
    expect(await statesSettings(png(Buffer.from([255, 255, 255, 255, 65, 65, 65, 65])))).toBe(false);
  });
});
