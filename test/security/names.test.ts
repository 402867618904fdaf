import { promises } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { examplePicture } from '../../src/sources/own-picture.ts';
import { Img2ImgDocument } from '../client/generated/graphql.ts';
import { post } from '../client/request.ts';
import { startTestServer } from '../server/fixtures.ts';
import { startNameServer } from '../sources/name-server.ts';

const { prototype } = promises.Resolver;

/** Whoever asks name servers asks this one, until the mocks are restored, and waits for it longer than any test. */
function askOnly(address: string): void {
  const own = new promises.Resolver({ timeout: 60_000 });
  own.setServers([address]);
  const { resolve4, resolve6 } = prototype;
  const [v4, v6] = [resolve4.bind(own) as Asking, resolve6.bind(own) as Asking];
  vi.spyOn(prototype as Askable, 'resolve4').mockImplementation((name) => v4(name));
  vi.spyOn(prototype as Askable, 'resolve6').mockImplementation((name) => v6(name));
}

type Asking = (name: string) => Promise<string[]>;
type Askable = Record<'resolve4' | 'resolve6', Asking>;

afterEach(() => vi.restoreAllMocks());

test('A picture is fetched by its name while forty names of others hang', async () => {
  const picture = await examplePicture();
  const site = createServer((_, response) => response.end(picture)).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const names = await startNameServer({ 'good.example': '127.0.0.1' });
  askOnly(names.address);
  const server = await startTestServer({ ALLOW_PRIVATE_IMAGE_URLS: 'true' });
  const submit = async (name: string) => {
    const imageUrl = `http://${name}:${(site.address() as AddressInfo).port}/`;
    const { data } = await post(server.url, Img2ImgDocument, { input: { model: 'starter', imageUrl } });
    return data!.img2img;
  };
  const taken = { job: { id: expect.any(String) as string }, userErrors: [] };

  const silent = Array.from({ length: 40 }, (_, i) => `hanging${i}.example`);
  const answered: string[] = [];
  const hanging = silent.map(async (name) => {
    const payload = await submit(name);
    answered.push(name);
    return payload;
  });
  await names.hasBeenAskedFor(silent);
  expect(await submit('good.example')).toMatchObject(taken);
  expect(answered).toEqual([]);

  names.breakSilence('127.0.0.1');
  for (const payload of await Promise.all(hanging)) expect(payload).toMatchObject(taken);
  await server.close();
  await names.close();
  site.close();
  await once(site, 'close');
});
