import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, type ImageOrigin } from '../../src/images/encode.ts';
import { generationText } from '../../src/images/generation-text.ts';
import { transcode } from '../../src/images/transcode.ts';
import { InputError } from '../../src/input-error.ts';
import type { Img2ImgSettings } from '../../src/jobs/request.ts';
import { decoded, picture, pipeline, plain } from './pictures.ts';
import { readChunks } from './png-chunks.ts';

const request: Img2ImgSettings = {
  model: 'dreamshaper_8',
  seed: '18446744073709551615',
  steps: 20,
  batchSize: 2,
  width: 40,
  height: 24,
  samplerName: 'dpmpp_2m',
  cfg: 7.5,
  denoiseStrength: 0.75,
  scheduler: 'karras',
  prompt: 'a (café:1.2),\nSteps: 3',
  negativePrompt: 'text, watermark',
  imageUrl: 'https://example.com/private?token=secret',
  resizeMode: 'CROP',
  source: { sha256: 'ab'.repeat(32), width: 640, height: 480 },
};
const sha256 = '879db523c30d3b9017143d56705015e15a2cb5628762c11d086fed9538abd7fd';
const checkpoint = { file: 'sd1.5/dreamshaper_8.0.safetensors', family: 'sd15', sha256 } as const;
const origin: ImageOrigin = { request, image: { index: 1, seed: '0' }, checkpoint };

/** The text chunks of a PNG as a reader of the specification sees them, with the type of each. */
function texts(png: Buffer): Record<string, [type: string, text: string]> {
  const found: Record<string, [type: string, text: string]> = {};
  for (const { type, data } of readChunks(png)) {
    const end = data.indexOf(0);
    const keyword = data.toString('latin1', 0, end);
    if (type === 'tEXt') found[keyword] = [type, data.toString('latin1', end + 1)];
    if (type === 'iTXt') {
      expect(data.subarray(end, end + 5)).toEqual(Buffer.alloc(5)); // not compressed, no language, not translated
      found[keyword] = [type, data.toString('utf8', end + 5)];
    }
  }
  return found;
}

/** How A1111's readers take the last line apart. */
const settings = (text: string): Record<string, string> =>
  Object.fromEntries(
    Array.from(
      text
        .split('\n')
        .at(-1)!
        .matchAll(/\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g),
      ([, key, value]) => [key!, value!.startsWith('"') ? (JSON.parse(value!) as string) : value!],
    ),
  );

describe('encodePng', () => {
  it('is lossless', async () => {
    const image = picture(40, 24);
    expect(await decoded(await encodePng(image, origin))).toEqual(image);
  });

  it('puts the texts between the header and the pixels', async () => {
    const types = readChunks(await encodePng(picture(40, 24), origin)).map(({ type }) => type);
    expect(types.slice(0, 5)).toEqual(['IHDR', 'tEXt', 'tEXt', 'tEXt', 'tEXt']);
    expect(types.at(-1)).toBe('IEND');
  });

  it('says nothing of a density, or 72 dpi', async () => {
    const png = await encodePng(picture(40, 24), origin);
    expect(readChunks(png).map(({ type }) => type)).not.toContain('pHYs');
    const jpeg = await transcode(png, { format: 'JPEG', quality: 50 });
    expect([undefined, 72]).toContain((await sharp(jpeg).metadata()).density);
    expect(readChunks(await transcode(jpeg, { format: 'PNG', quality: 50 })).map(({ type }) => type)).toEqual(
      ['IHDR', 'IDAT', 'IEND'],
    );
  });

  it('remembers the settings the way A1111 does, with the seed of the image itself', async () => {
    const { parameters } = texts(await encodePng(picture(40, 24), origin));
    expect(parameters).toEqual([
      'tEXt',
      [
        'a (café:1.2),',
        'Steps: 3',
        'Negative prompt: text, watermark',
        'Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 0, Size: 40x24, Model hash: 879db523c3, Model: dreamshaper_8.0, Denoising strength: 0.75, Resize mode: Crop and resize, Version: LatentQL',
      ].join('\n'),
    ]);
  });

  it('remembers the whole request as JSON, without the address and the hash of the source', async () => {
    const png = await encodePng(picture(40, 24), origin);
    const { imageUrl: _, ...settings } = request;
    const shown = { ...settings, source: { width: 640, height: 480 } };
    expect(JSON.parse(texts(png)['latentql']![1])).toEqual({
      request: shown,
      index: 1,
      seed: '0',
      modelHash: sha256,
    });
    expect(png.includes('secret')).toBe(false);
    expect(png.includes(request.source!.sha256)).toBe(false);
  });

  it('has no hash of the picture of a control', async () => {
    const picture64 = { sha256: 'f0'.repeat(32), width: 64, height: 64 };
    const use = { kind: 'CONTROLNET', strength: 1, start: 0, end: 1, how: { preprocessor: 'NONE' } } as const;
    const control = { ...use, name: 'edges', file: 'edges.safetensors', sha256: 'ab'.repeat(32) };
    const controls = [{ ...control, image: picture64 }];
    const png = await encodePng(picture(40, 24), { ...origin, request: { ...request, controls } });
    const { request: written } = JSON.parse(texts(png)['latentql']![1]) as { request: { controls: unknown } };
    expect(written.controls).toEqual([{ ...control, image: { width: 64, height: 64 } }]);
    expect(png.includes(picture64.sha256)).toBe(false);
  });

  it('writes text beyond Latin-1 as UTF-8', async () => {
    const unicode = { ...request, prompt: '猫 🐈' };
    const { parameters, latentql } = texts(await encodePng(picture(8, 8), { ...origin, request: unicode }));
    expect([parameters![0], parameters![1].split('\n')[0]]).toEqual(['iTXt', '猫 🐈']);
    expect([latentql![0], JSON.parse(latentql![1])]).toMatchObject([
      'iTXt',
      { request: { prompt: '猫 🐈' } },
    ]);
  });

  it('leaves out NUL, which would end a text early, and keeps other controls', async () => {
    const controls = { ...request, prompt: 'a\0b\x07c' };
    const { parameters, latentql } = texts(await encodePng(picture(8, 8), { ...origin, request: controls }));
    expect(parameters![1].split('\n')[0]).toBe('ab\x07c');
    expect(JSON.parse(latentql![1])).toMatchObject({ request: { prompt: 'a\0b\x07c' } });
  });
});

describe('generationText', () => {
  const text = (change: Partial<Img2ImgSettings>) =>
    generationText({ ...request, ...change }, { seed: '5', width: 512, height: 768 });

  it('is read back by the usual readers, values with separators included', () => {
    expect(
      settings(text({ model: 'a, "b": c', samplerName: 'dpmpp_2m_sde_gpu', scheduler: 'ddim_uniform' })),
    ).toEqual({
      Steps: '20',
      Sampler: 'DPM++ 2M SDE',
      'Schedule type': 'DDIM',
      'CFG scale': '7.5',
      Seed: '5',
      Size: '512x768',
      Model: 'a, "b": c',
      'Resize mode': 'Crop and resize',
      'Denoising strength': '0.75',
      Version: 'LatentQL',
    });
  });

  it('has no line for an empty prompt or negative prompt', () => {
    expect(text({ prompt: 'a', negativePrompt: '' }).split('\n')).toHaveLength(2);
    expect(text({ prompt: '' })).toMatch(/^Negative prompt: text, watermark\nSteps: 20, /);
    expect(text({ prompt: '', negativePrompt: '' })).toMatch(/^Steps: 20, [^\n]*$/);
  });

  it('has no model hash while it is unknown', () => {
    expect(settings(text({}))).not.toHaveProperty('Model hash');
  });

  it.each([
    ['euler_ancestral_cfg_pp', 'Euler a CFG++', undefined],
    ['dpmpp_3m_sde_gpu', 'DPM++ 3M SDE', undefined],
    ['ipndm_v', 'IPNDM_V', undefined],
    ['uni_pc', 'UniPC', undefined],
    ['uni_pc_bh2', 'UniPC', 'bh2'],
  ] as const)('names %s as A1111 and Forge do', (samplerName, name, variant) => {
    expect(settings(text({ samplerName }))).toMatchObject({ Sampler: name });
    expect(settings(text({ samplerName }))['UniPC variant']).toBe(variant);
  });

  it('has no denoising strength for text to image', () => {
    expect(settings(text({ source: null, denoiseStrength: 1 }))).not.toHaveProperty('Denoising strength');
  });
});

describe('transcode', () => {
  const stored = () => encodePng(picture(64, 64), origin);

  it.each([
    ['PNG', 'image/png'],
    ['WEBP', 'image/webp'],
    ['JPEG', 'image/jpeg'],
    ['AVIF', 'image/avif'],
  ] as const)('makes a %s of the same size', async (format, mediaType) => {
    const bytes = await transcode(await stored(), { format, quality: undefined });
    expect(await sharp(bytes).metadata()).toMatchObject({ mediaType, width: 64, height: 64 });
  });

  it('keeps every pixel in PNG', async () => {
    expect(await decoded(await transcode(await stored(), { format: 'PNG', quality: 1 }))).toEqual(
      picture(64, 64),
    );
  });

  it.each(['WEBP', 'JPEG', 'AVIF'] as const)('spends more bytes on a better %s', async (format) => {
    const large = await encodePng(picture(400, 400), origin);
    const sizes = await Promise.all(
      [10, 90].map(async (quality) => (await transcode(large, { format, quality })).length),
    );
    expect(sizes[0]).toBeLessThan(sizes[1]! / 2);
  });

  it('turns a source image as it is seen', async () => {
    const turned = await pipeline(picture(40, 24)).withMetadata({ orientation: 6 }).png().toBuffer();
    const { width, height } = await decoded(await transcode(turned, { format: 'PNG', quality: undefined }));
    expect([width, height]).toEqual([24, 40]);
  });

  it('says where a format cannot hold a picture, before it decodes it', async () => {
    const wide = await pipeline(picture(16_400, 2)).png().toBuffer();
    const message = (format: string, side: number) =>
      `format: ${format} is given for pictures of at most ${side} pixels on the longest side, this one has 16400 × 2; ask for PNG`;
    for (const [format, side] of [
      ['WEBP', 16_383],
      ['AVIF', 16_384],
    ] as const) {
      await expect(transcode(wide, { format, quality: 50 })).rejects.toEqual(
        new InputError('UNSUPPORTED', ['format'], message(format, side)),
      );
    }
    expect((await decoded(await transcode(wide, { format: 'JPEG', quality: 50 }))).width).toBe(16_400);
    const large = await pipeline(plain(4097, 4097, [1, 2, 3]))
      .png()
      .toBuffer();
    await expect(transcode(large, { format: 'AVIF', quality: 50 })).rejects.toThrow(
      'format: AVIF is given for pictures of at most 16777216 pixels, this one has 4097 × 4097; ask for PNG',
    );
  });

  it('does not begin when nobody wants it any more', async () => {
    const gone = AbortSignal.abort(new Error('the client left'));
    await expect(transcode(await stored(), { format: 'WEBP', quality: 50 }, gone)).rejects.toThrow(
      'the client left',
    );
  });
});
