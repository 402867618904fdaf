import { readFile } from 'node:fs/promises';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingsOfDocument, type SettingsOfQuery } from '../client/generated/graphql.ts';
import { ask, post } from '../client/request.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const picture = (name: string) => readFile(`test/golden/metadata/${name}`);

/** A multipart request whose upload is the variable `image`. */
async function uploaded(bytes: Buffer): Promise<SettingsOfQuery['settingsOf']> {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: print(SettingsOfDocument), variables: { image: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.image'] }));
  form.set('0', new Blob([new Uint8Array(bytes)]), 'picture');
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'x-graphql-yoga-csrf': 'test' },
    body: form,
  });
  const { data } = (await response.json()) as { data: SettingsOfQuery };
  return data.settingsOf;
}

describe('settingsOf', () => {
  test('gives what an uploaded picture states, its seed to the last digit', async () => {
    expect(await uploaded(await picture('comfy-seed-64bit.png'))).toEqual({
      tool: 'ComfyUI',
      model: 'dreamshaper_8',
      modelHash: null,
      installedModel: 'dreamshaper_8',
      prompt: 'a hedgehog in leaves, {autumn|winter}\nsecond line',
      negativePrompt: '"text"',
      seed: '18446744073709551557',
      steps: 31,
      cfg: 6.5,
      samplerName: 'uni_pc_bh2',
      scheduler: 'sgm_uniform',
      width: 640,
      height: 448,
      denoiseStrength: null,
      resizeMode: null,
      mask: null,
      clipSkip: null,
      loras: [],
      leftOut: [],
    });
  });

  test('takes a URL, and says what it left out', async () => {
    const bytes = await picture('a1111-sampler-restart.png');
    const imageUrl = `data:image/png;base64,${bytes.toString('base64')}`;
    const { settingsOf } = await ask(server.url, SettingsOfDocument, { imageUrl });
    expect(settingsOf).toMatchObject({
      samplerName: null,
      scheduler: 'karras',
      leftOut: ['Sampler: Restart'],
    });
  });

  test('knows a model by its file name, which its own name may differ from', async () => {
    expect(await uploaded(await picture('invoke-6.png'))).toMatchObject({
      model: 'sd_xl_base_1.0',
      installedModel: 'sd_xl_base_1_0',
      loras: [{ name: 'snowfall', strength: 0.75, strengthClip: null }],
    });
  });

  test('reads the pixels where the texts were taken out', async () => {
    expect(await uploaded(await picture('novelai-stealth.png'))).toMatchObject({
      tool: 'NovelAI',
      seed: '424242',
    });
  });

  test('says of a picture without settings that it has none', async () => {
    expect(await uploaded(await picture('camera.png'))).toMatchObject({
      tool: null,
      prompt: null,
      leftOut: [],
    });
  });

  test.each([
    [{}, 'INVALID_VALUE', ['image']],
    [{ imageUrl: 'data:text/plain,words' }, 'IMAGE_INVALID', ['image']],
    [{ imageUrl: 'ftp://example.com/a.png' }, 'INVALID_VALUE', ['imageUrl']],
    [{ imageUrl: 'http://127.0.0.1:9/a.png' }, 'IMAGE_UNREACHABLE', ['imageUrl']],
  ])('refuses %j with %s', async (variables, code, field) => {
    const { errors } = await post(server.url, SettingsOfDocument, variables);
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code, field }]);
  });
});
