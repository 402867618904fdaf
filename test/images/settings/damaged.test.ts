import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { withPngText } from '../../../src/images/png-text.ts';
import { decodeRgba } from '../../../src/images/rgba.ts';
import { readSettings } from '../../../src/images/settings/read-settings.ts';
import { InputError } from '../../../src/input-error.ts';
import { change, changed } from '../../fuzz/bytes.ts';

const FOLDER = 'test/golden/metadata';
const names = (await readdir(FOLDER)).filter((name) => !name.endsWith('.json'));
const files = await Promise.all(names.map((name) => readFile(join(FOLDER, name))));

/** Milliseconds of processor time that the worst file may take, on a slow machine. */
const PATIENCE = 4000;

/** Reads a file, which must end soon and with nothing but the documented error. */
async function survives(bytes: Uint8Array): Promise<void> {
  const started = process.cpuUsage();
  const reading = await readSettings(bytes, decodeRgba).catch((error: unknown) => error);
  if (reading instanceof Error) {
    expect(reading).toBeInstanceOf(InputError);
    expect(reading).toMatchObject({ code: 'IMAGE_INVALID' });
  } else expect(reading).toMatchObject({ leftOut: expect.any(Array) as unknown });
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(PATIENCE);
}

describe('a damaged file', () => {
  it('gives settings or the documented error, and soon', async () => {
    const damaged = fc
      .tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 8 }))
      .map(([file, changes]) => changes.reduce(changed, file));
    await fc.assert(fc.asyncProperty(damaged, survives), { numRuns: 2000 });
  });

  it('of any bytes gives the documented error', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), survives), { numRuns: 300 });
  });
});

const blank = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const MANY = 2_000_000;
const many = (text: string) => text.repeat(MANY / text.length);
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const node = (type: string, inputs: object) => ({ class_type: type, inputs });

describe('a text made to take long', () => {
  it.each([
    ['spaces', { parameters: `${many(' ')}x` }],
    ['commas', { parameters: many(', ') }],
    ['keys', { parameters: many('a: b, ') }],
    ['a key that does not end', { parameters: `${many('a ')},${many('b ')}` }],
    ['quotes', { parameters: many('a: ",') }],
    ['brackets', { parameters: many('a: [,') }],
    ['tags', { parameters: `${many('<lora:')}\nSteps: 1, Seed: 1, Size: 8x8` }],
    ['spaces before tags', { parameters: `${many(' ')}<lora\nSteps: 1, Seed: 1, Size: 8x8` }],
    ['a version', { parameters: `Steps: 1, Sampler: Euler, Seed: 1, Version: f${many('1')}` }],
    ['a size', { parameters: `Steps: 1, Seed: 1, Sampler: Euler, Size: ${many(' ')}x` }],
    ['digits', { parameters: `{"prompt": "a", "steps": ${many('9')}}` }],
    ['escapes', { parameters: `{"prompt": "${many('\\\\')}", "steps": 1` }],
    ['deep JSON', { parameters: `{"prompt": "a", "steps": 1, "seed": 1, "x": ${deep(200_000)}}` }],
    ['deep sizes', { parameters: `{"prompt": "a", "steps": 1, "seed": 1, "width": ${deep(200_000)}}` }],
    ['a command line', { Dream: `"a" ${many('-a ')}` }],
    ['an open command line', { Dream: `"${many('\\')}` }],
    ['switches', { Description: `${many('--a ')}Job ID: 1` }],
    ['XMP', { 'XML:com.adobe.xmp': `<xmp:CreatorTool>Draw Things</xmp:CreatorTool>${many('<rdf:li')}` }],
    ['lists', { prompt: 'a', sampler_name: 'b', use_lora_model: `[${many("'")}]` }],
    [
      'a graph of savers',
      {
        prompt: JSON.stringify(
          Object.fromEntries(
            Array.from({ length: 4000 }, (_, i) => [
              `n${i}`,
              node('SaveImage', { images: [`n${i + 1}`, 0] }),
            ]),
          ),
        ),
      },
    ],
    [
      'a graph in a circle',
      {
        prompt: JSON.stringify({
          o: node('SaveImage', { images: ['s', 0] }),
          s: node('KSampler', {
            latent_image: ['e', 0],
            sampler_name: 'euler',
            positive: ['c', 0],
            model: ['l', 0],
          }),
          e: node('Reroute', { '': ['e', 0] }),
          c: node('Reroute', { '': ['c', 0] }),
          l: node('Power Lora Loader (rgthree)', {
            model: ['l', 0],
            ...Object.fromEntries(
              Array.from({ length: 20_000 }, (_, i) => [`l${i}`, { on: true, lora: 'a', strength: 1 }]),
            ),
          }),
        }),
      },
    ],
  ])('does not: %s', async (_name, texts) => {
    await survives(withPngText(blank, texts));
  });

  it('does not: bombs one after the other', async () => {
    const data = Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(2 ** 24))]);
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('zTXt'), data, Buffer.alloc(4)]);
    chunk.writeUInt32BE(data.length);
    await survives(
      Buffer.concat([
        blank.subarray(0, 33),
        ...Array.from({ length: 1000 }, () => chunk),
        blank.subarray(33),
      ]),
    );
  });

  it('does not: an EXIF directory whose entries share one long value', async () => {
    const count = 60_000;
    const tiff = Buffer.alloc(10 + 12 * count + 4_000_000, ' ');
    tiff.write('MM\0*\0\0\0\x08', 'latin1');
    tiff.writeUInt16BE(count, 8);
    for (let i = 0; i < count; i++) {
      [0x010e + (i % 3), 2].forEach((value, j) => tiff.writeUInt16BE(value, 10 + 12 * i + 2 * j));
      tiff.writeUInt32BE(4_000_000, 14 + 12 * i);
      tiff.writeUInt32BE(10 + 12 * count, 18 + 12 * i);
    }
    const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('eXIf'), tiff, Buffer.alloc(4)]);
    chunk.writeUInt32BE(tiff.length);
    await survives(Buffer.concat([blank.subarray(0, 33), chunk, blank.subarray(33)]));
  });
});
