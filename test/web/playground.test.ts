import { buildSchema, introspectionFromSchema } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeDefaults } from '../../web/src/playground/docs.ts';
import { bodyOf, filePlaces, keepFile } from '../../web/src/playground/files.ts';
import { picturesIn } from '../../web/src/playground/pictures.ts';

const SHA = 'ab'.repeat(32);

describe('the pictures in an answer', () => {
  it('are previews by their data and results by their address, whatever the server calls itself', () => {
    const answer = {
      img2imgProgress: {
        preview: { dataUri: 'data:image/webp;base64,AA==' },
        job: { images: [{ url: `https://pictures.example/sd/images/${SHA}.webp?size=256`, seed: '7' }] },
      },
    };
    expect(picturesIn(answer)).toEqual([
      { address: 'data:image/webp;base64,AA==', caption: 'img2imgProgress preview' },
      { address: `images/${SHA}.webp?size=256`, caption: 'job images seed 7' },
    ]);
  });

  it('are counted in a batch, and each stands there once', () => {
    const one = { url: `http://h/images/${SHA}.png`, dataUri: 'data:image/png;base64,AA==' };
    expect(picturesIn({ images: [one, one] })).toEqual([
      { address: `images/${SHA}.png`, caption: 'images 1' },
      { address: `images/${SHA}.png`, caption: 'images 2' },
    ]);
  });

  it('are none in other texts, or nothing at all', () => {
    expect(picturesIn({ url: 'https://example.com/cat.png', text: 'data: image' })).toEqual([]);
    expect(picturesIn(null)).toEqual([]);
  });
});

describe('a variable that names a file', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is refused where no chooser can open, instead of waiting for ever', async () => {
    vi.stubGlobal('navigator', { userActivation: { isActive: false } }); // the press was too long ago
    const asked = bodyOf({ variables: { file: 'file:never-chosen.png' } });
    await expect(asked).rejects.toThrow('variables.file is a file: choose one beside the answer');
  });

  const cat = new File(['meow'], 'cat.png');

  it('makes a multipart request, with null in its place', async () => {
    keepFile(cat);
    const variables = { input: { image: 'file:cat.png', prompt: 'file of a cat' }, files: ['file:'] };
    const body = (await bodyOf({ variables })) as FormData;
    expect(JSON.parse(body.get('operations') as string)).toEqual({
      variables: { input: { image: null, prompt: 'file of a cat' }, files: [null] },
    });
    expect(JSON.parse(body.get('map') as string)).toEqual({
      0: ['variables.input.image'],
      1: ['variables.files.0'],
    });
    expect([(body.get('0') as File).name, (body.get('1') as File).name]).toEqual(['cat.png', 'cat.png']);
  });

  it('is nowhere in other variables, which go as JSON', async () => {
    const operation = { query: '{ version }', variables: { prompt: 'a cat', seed: 7 } };
    expect(filePlaces(operation.variables)).toEqual([]);
    expect(await bodyOf(operation)).toBe(JSON.stringify(operation));
  });
});

describe('the docs', () => {
  it('print the default of every input, and leave other answers alone', () => {
    const schema = buildSchema(
      'type Query { a("Steps." steps: Int = 20, b: I): Int } input I { c: String = "x" }',
    );
    const answer = { data: introspectionFromSchema(schema) };
    writeDefaults(answer);
    const text = JSON.stringify(answer);
    expect(text).toContain(JSON.stringify('Steps.\n\nDefault: `20`.'));
    expect(text).toContain(JSON.stringify('Default: `"x"`.'));
    expect(() => {
      writeDefaults({ data: null });
    }).not.toThrow();
  });
});
