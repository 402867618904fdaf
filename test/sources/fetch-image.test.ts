import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { anyAddress, publicAddresses, type ResolveAll } from '../../src/sources/address-policy.ts';
import { fetchImage, type FetchImageOptions } from '../../src/sources/fetch-image.ts';

const picture = Buffer.from('not really a picture');
const loopbackOnly = (address: string) => address === '127.0.0.1';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A server on a free port of 127.0.0.1; gives its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Resolves every name to one address list after the other; the last one stays. */
const resolvesTo = (...answers: string[][]) =>
  vi.fn<ResolveAll>((_name, _options, callback) => {
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]!;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });

const failure = async (url: string, options: FetchImageOptions = { isAllowed: loopbackOnly }) => {
  const error: unknown = await fetchImage(url, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${String(error)}`);
  expect(error.field).toEqual(['input', 'imageUrl']);
  return [error.code, error.message];
};

describe('fetchImage over http', () => {
  it('gives the bytes behind a URL', async () => {
    const port = await serve((_, response) => response.end(picture));
    expect(await fetchImage(`http://127.0.0.1:${port}/a.png`, { isAllowed: loopbackOnly })).toEqual(picture);
  });

  it('connects to the address that it checked', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const resolve = resolvesTo(['127.0.0.1']);
    const bytes = await fetchImage(`http://pictures.example:${port}/`, { isAllowed: loopbackOnly, resolve });
    expect(bytes.toString()).toBe(`pictures.example:${port}`);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('asks the resolver of the system unless told otherwise', async () => {
    const port = await serve((_, response) => response.end(picture));
    const isAllowed = (address: string) => ['127.0.0.1', '::1'].includes(address);
    expect(await fetchImage(`http://localhost:${port}/`, { isAllowed })).toEqual(picture);
  });

  it('follows redirects, relative ones too', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/to') response.end(picture);
      else
        response
          .writeHead(302, { location: request.url === '/from' ? '/via' : `http://127.0.0.1:${port}/to` })
          .end('gone');
    });
    expect(await fetchImage(`http://127.0.0.1:${port}/from`, { isAllowed: loopbackOnly })).toEqual(picture);
  });

  it('gives up on redirects without end or target', async () => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked++;
      response.writeHead(302, request.url === '/loop' ? { location: '/loop' } : {}).end();
    });
    expect(
      await failure(`http://127.0.0.1:${port}/loop`, { isAllowed: loopbackOnly, maxRedirects: 3 }),
    ).toEqual(['IMAGE_UNREACHABLE', 'imageUrl: expected at most 3 redirects, got more']);
    expect(asked).toBe(4);
    expect(await failure(`http://127.0.0.1:${port}/nowhere`)).toEqual([
      'IMAGE_UNREACHABLE',
      `imageUrl: 127.0.0.1:${port} redirects without saying where to`,
    ]);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:text/plain,x'])(
    'does not follow a redirect to %s',
    async (location) => {
      const port = await serve((_, response) => response.writeHead(301, { location }).end());
      const [code, message] = await failure(`http://127.0.0.1:${port}/`);
      expect(code).toBe('INVALID_VALUE');
      expect(message).toContain(`got "${location}"`);
    },
  );

  it('tells the status of an answer that is no success', async () => {
    const port = await serve((_, response) => response.writeHead(404).end('no such file'));
    expect(await failure(`http://127.0.0.1:${port}/`)).toEqual([
      'IMAGE_UNREACHABLE',
      'imageUrl: expected status 200, got 404',
    ]);
  });

  it('refuses an empty answer', async () => {
    const port = await serve((_, response) => response.end());
    expect(await failure(`http://127.0.0.1:${port}/`)).toEqual([
      'IMAGE_INVALID',
      'imageUrl: expected an image, got no bytes',
    ]);
  });

  it('refuses a declared size beyond the limit without reading it', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.flushHeaders();
    });
    expect(await failure(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly, maxBytes: 999 })).toEqual([
      'IMAGE_TOO_LARGE',
      'imageUrl: expected at most 999 bytes, got 1000',
    ]);
  });

  it('stops reading an endless answer at the limit', async () => {
    const port = await serve((_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const options = { isAllowed: loopbackOnly, maxBytes: 1_000_000 };
    expect(await failure(`http://127.0.0.1:${port}/`, options)).toEqual([
      'IMAGE_TOO_LARGE',
      'imageUrl: expected at most 1000000 bytes, got more',
    ]);
    expect(
      await fetchImage(`http://127.0.0.1:${await serve((_, r) => r.end(Buffer.alloc(1_000_000)))}/`, options),
    ).toHaveLength(1_000_000);
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['never finishes', (_, response) => void response.write('a')],
  ])('does not wait for a server that %s', async (_, listener) => {
    const port = await serve(listener);
    expect(await failure(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly, timeoutMs: 50 })).toEqual([
      'IMAGE_UNREACHABLE',
      `imageUrl: 127.0.0.1:${port} took longer than 0.05 s`,
    ]);
  });

  it('says why a server cannot be reached', async () => {
    const port = await serve(() => undefined);
    servers.pop()!.close();
    const [code, message] = await failure(`http://127.0.0.1:${port}/`);
    expect(code).toBe('IMAGE_UNREACHABLE');
    expect(message).toContain('ECONNREFUSED');
    const noSuchName: ResolveAll = (name, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    };
    expect(await failure('http://nowhere.example/', { resolve: noSuchName })).toEqual([
      'IMAGE_UNREACHABLE',
      'imageUrl: nowhere.example cannot be reached: getaddrinfo ENOTFOUND nowhere.example',
    ]);
  });

  it('reports an answer cut short', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a', () => response.destroy());
    });
    expect((await failure(`http://127.0.0.1:${port}/`))[0]).toBe('IMAGE_UNREACHABLE');
  });

  it.each([
    '',
    'picture.png',
    '//example.com/a.png',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'http://',
    'javascript:1',
  ])('takes %j for no URL', async (url) => {
    const [code, message] = await failure(url);
    expect(code).toBe('INVALID_VALUE');
    expect(message).toContain('expected an http, https or data: URL');
  });

  it('refuses credentials in a URL', async () => {
    expect((await failure('http://user:secret@example.com/'))[0]).toBe('INVALID_VALUE');
  });
});

describe('addresses that are not public', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '0x7f000001',
    '0x7f.1',
    '127.1',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    '0.0.0.0',
    '0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fc00::1]',
    '[ff02::1]',
    'localhost',
    'localhost.',
  ])('are not asked: %s', async (host) => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked++;
      response.end(picture);
    });
    const [code, message] = await failure(`http://${host}:${port}/`, { resolve: resolvesTo(['127.0.0.1']) });
    expect(code).toBe('IMAGE_UNREACHABLE');
    expect(message).toContain('is not at one');
    expect(asked).toBe(0);
  });

  it('are not asked when a redirect leads to them', async () => {
    let asked = 0;
    const secret = await serve((_, response) => {
      asked++;
      response.end('secret');
    });
    for (const location of [
      `http://127.0.0.2:${secret}/`,
      `http://[::1]:${secret}/`,
      `http://inside.example:${secret}/`,
    ]) {
      const port = await serve((_, response) => response.writeHead(302, { location }).end());
      const [code, message] = await failure(`http://127.0.0.1:${port}/`, {
        isAllowed: loopbackOnly,
        resolve: resolvesTo(['10.0.0.1']),
      });
      expect([code, message]).toEqual(['IMAGE_UNREACHABLE', expect.stringContaining('is not at one')]);
    }
    expect(asked).toBe(0);
  });

  it('are not asked when only one of the addresses of a name is private', async () => {
    const options = { resolve: resolvesTo(['93.184.216.34', '10.0.0.1']) };
    expect(await failure('http://mixed.example/', options)).toEqual([
      'IMAGE_UNREACHABLE',
      'imageUrl: expected a public address, mixed.example is not at one',
    ]);
  });

  it('are not asked when a name changes its address between two requests', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/again', connection: 'close' }).end();
      else response.end('secret');
    });
    const options = { isAllowed: loopbackOnly, resolve: resolvesTo(['127.0.0.1'], ['127.0.0.2']) };
    const [code, message] = await failure(`http://rebinding.example:${port}/`, options);
    expect([code, message]).toEqual(['IMAGE_UNREACHABLE', expect.stringContaining('is not at one')]);
    expect(options.resolve).toHaveBeenCalledTimes(2);
  });

  it('are asked when the operator allows it', async () => {
    const port = await serve((_, response) => response.end(picture));
    expect(await fetchImage(`http://127.0.0.1:${port}/`, { isAllowed: anyAddress })).toEqual(picture);
  });

  it('are told from public ones', () => {
    expect(['8.8.8.8', '2606:4700:4700::1111'].map(publicAddresses)).toEqual([true, true]);
    expect(
      ['', 'example.com', '::8.8.8.8', '4000::1', '3fff::1', '2001:db8::1'].map(publicAddresses),
    ).toEqual(Array(6).fill(false));
  });
});

describe('fetchImage of a data: URL', () => {
  it.each([
    ['base64', `data:image/png;base64,${picture.toString('base64')}`],
    [
      'base64 with parameters, spaces and capitals',
      `DATA:image/png;name=a; BASE64 ,${picture.toString('base64').slice(0, 8)} \n${picture.toString('base64').slice(8)}`,
    ],
    ['URL-safe base64', `data:;base64,${picture.toString('base64url')}`],
    ['percent-encoded base64', `data:image/png;base64,${encodeURIComponent(picture.toString('base64'))}`],
    ['percent-encoded bytes', `data:,${encodeURIComponent(picture.toString())}`],
  ])('decodes %s', async (_, url) => {
    expect(await fetchImage(url)).toEqual(picture);
  });

  it('keeps bytes that are no text', async () => {
    expect(await fetchImage('data:,%ff%00é')).toEqual(Buffer.from([0xff, 0, 0xc3, 0xa9]));
  });

  it.each(['data:', 'data:image/png;base64', 'data:image/png;base64,<html>', 'data:,%zz', 'data:;base64,%'])(
    'refuses %j as malformed',
    async (url) => {
      expect(await failure(url)).toEqual(['IMAGE_INVALID', expect.stringContaining('malformed data: URL')]);
    },
  );

  it('refuses an empty one and one beyond the limit', async () => {
    expect(await failure('data:,')).toEqual(['IMAGE_INVALID', 'imageUrl: expected an image, got no bytes']);
    expect(await failure('data:,12345', { maxBytes: 4 })).toEqual([
      'IMAGE_TOO_LARGE',
      'imageUrl: expected at most 4 bytes, got 5',
    ]);
  });
});
