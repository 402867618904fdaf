import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { anyAddress, publicAddresses, type ResolveAll } from '../../src/sources/address-policy.ts';
import { BusyError, ByteBudget } from '../../src/sources/byte-budget.ts';
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

const bytesAt = async (url: string, options?: FetchImageOptions) => (await fetchImage(url, options)).bytes;

const failure = async (url: string, options: FetchImageOptions = { isAllowed: loopbackOnly }) => {
  const error: unknown = await fetchImage(url, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error(`expected an InputError, got ${String(error)}`);
  expect(error.field).toEqual(['input', 'imageUrl']);
  return [error.code, error.message];
};

describe('fetchImage over http', () => {
  it('gives the bytes behind a URL', async () => {
    const port = await serve((_, response) => response.end(picture));
    expect(await bytesAt(`http://127.0.0.1:${port}/a.png`, { isAllowed: loopbackOnly })).toEqual(picture);
  });

  it('connects to the address that it checked', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const resolve = resolvesTo(['127.0.0.1']);
    const bytes = await bytesAt(`http://pictures.example:${port}/`, { isAllowed: loopbackOnly, resolve });
    expect(bytes.toString()).toBe(`pictures.example:${port}`);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('asks the resolver of the system unless told otherwise', async () => {
    const port = await serve((_, response) => response.end(picture));
    const isAllowed = (address: string) => ['127.0.0.1', '::1'].includes(address);
    expect(await bytesAt(`http://localhost:${port}/`, { isAllowed })).toEqual(picture);
  });

  it('follows redirects, relative ones too', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/to') response.end(picture);
      else
        response
          .writeHead(302, { location: request.url === '/from' ? '/via' : `http://127.0.0.1:${port}/to` })
          .end('gone');
    });
    expect(await bytesAt(`http://127.0.0.1:${port}/from`, { isAllowed: loopbackOnly })).toEqual(picture);
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
      `imageUrl: 127.0.0.1:${port} redirected without a Location header`,
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

  it.each<[string, number, OutgoingHttpHeaders]>([
    ['201', 201, {}],
    ['203', 203, {}],
    ['206 with all of it', 206, { 'content-range': `bytes 0-${picture.length - 1}/${picture.length}` }],
  ])('takes a picture with status %s', async (_, status, headers) => {
    const port = await serve((_request, response) => response.writeHead(status, headers).end(picture));
    expect(await bytesAt(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly })).toEqual(picture);
  });

  it.each(['bytes 0-9/20', 'bytes 10-19/20', 'bytes 0-9/*', 'x', undefined])(
    'refuses a part of a picture (%s)',
    async (range) => {
      const headers = range === undefined ? {} : { 'content-range': range };
      const port = await serve((_, response) => response.writeHead(206, headers).end('0123456789'));
      const [code, message] = await failure(`http://127.0.0.1:${port}/`);
      expect(code).toBe('IMAGE_UNREACHABLE');
      expect(message).toContain('expected status 200, got a part of it (206');
    },
  );

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync], // some servers leave out the header of zlib
    ['none', (bytes) => bytes],
    ['identity', (bytes) => bytes],
    ['', (bytes) => bytes],
    ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
  ])('undoes the content encoding %j', async (encoding, encode) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(encode(picture)),
    );
    expect(await bytesAt(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly })).toEqual(picture);
  });

  it.each(['zip', 'gzip, gzip, gzip', 'gzip, zip'])('refuses the content encoding %j', async (encoding) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(picture)),
    );
    expect(await failure(`http://127.0.0.1:${port}/`)).toEqual([
      'IMAGE_UNREACHABLE',
      `imageUrl: expected no content encoding, or gzip, x-gzip, deflate, br, got "${encoding}"`,
    ]);
  });

  it('stops undoing an encoding at the limit, and reports one that is broken', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const answers: Record<string, Buffer> = {
      '/bomb': bomb,
      '/deflated': deflateRawSync(picture).subarray(0, 12),
      '/half': bomb.subarray(0, 5000),
      '/none': picture,
    };
    const port = await serve((request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(answers[request.url!]),
    );
    const options = { isAllowed: loopbackOnly, maxBytes: 10_000_000 };
    expect(await failure(`http://127.0.0.1:${port}/bomb`, options)).toEqual([
      'IMAGE_TOO_LARGE',
      'imageUrl: expected at most 10000000 bytes, got more',
    ]);
    for (const path of ['/half', '/none']) {
      const [code, message] = await failure(`http://127.0.0.1:${port}${path}`, options);
      expect([code, message]).toEqual(['IMAGE_UNREACHABLE', expect.stringContaining('broke off after ')]);
    }
  });

  it.each([
    ['UTF-8', Buffer.from('/café?a=ü 猫'), '/caf%C3%A9?a=%C3%BC%20%E7%8C%AB'],
    ['Latin-1', Buffer.from('/café', 'latin1'), '/caf%C3%A9'],
    ['ASCII with escapes', Buffer.from('/caf%C3%A9'), '/caf%C3%A9'],
  ])('follows a redirect whose Location is raw %s', async (_, location, path) => {
    const asked: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url);
      if (request.url !== '/') response.end(picture);
      else {
        const head = ['HTTP/1.1 302 Found', 'Content-Length: 0', 'Location: '].join('\r\n');
        response.socket!.end(Buffer.concat([Buffer.from(head), location, Buffer.from('\r\n\r\n')]));
      }
    });
    expect(await bytesAt(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly })).toEqual(picture);
    expect(asked).toEqual(['/', path]);
  });

  it('tells what the server calls it, and of each byte', async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'image/x' }).end(picture),
    );
    let count = 0;
    const onBytes = (more: number) => {
      count += more;
    };
    const fetched = await fetchImage(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly, onBytes });
    expect([fetched.mediaType, count]).toEqual(['image/x', picture.length]);
    const full = new ByteBudget(picture.length - 1).open();
    const refused = fetchImage(`http://127.0.0.1:${port}/`, { isAllowed: loopbackOnly, onBytes: full.take });
    await expect(refused).rejects.toThrow(BusyError);
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
      await bytesAt(`http://127.0.0.1:${await serve((_, r) => r.end(Buffer.alloc(1_000_000)))}/`, options),
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

  it('says of a server without TLS what is wrong, and nothing of OpenSSL', async () => {
    const port = await serve((_, response) => response.end('x'));
    const [code, message] = await failure(`https://127.0.0.1:${port}/`);
    expect(code).toBe('IMAGE_UNREACHABLE');
    expect(message).toMatch(
      new RegExp(`^imageUrl: 127\\.0\\.0\\.1:${port} cannot be reached: TLS failed: [a-z ]+$`),
    );
  });

  it('reports an answer cut short', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a', () => response.destroy());
    });
    const [code, message] = await failure(`http://127.0.0.1:${port}/`);
    expect(code).toBe('IMAGE_UNREACHABLE');
    expect(message).toContain(`the answer of 127.0.0.1:${port} broke off after 1 bytes: `);
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
    '168.63.129.16',
    '0xa83f8110',
    '100.100.100.200',
    '192.0.0.192',
    '[fd00:ec2::254]',
    '[::ffff:168.63.129.16]',
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
    expect(message).toContain('is not public');
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
      expect([code, message]).toEqual(['IMAGE_UNREACHABLE', expect.stringContaining('is not public')]);
    }
    expect(asked).toBe(0);
  });

  it('are not asked when only one of the addresses of a name is private', async () => {
    const options = { resolve: resolvesTo(['93.184.216.34', '10.0.0.1']) };
    expect(await failure('http://mixed.example/', options)).toEqual([
      'IMAGE_UNREACHABLE',
      'imageUrl: expected a public address, but mixed.example is not public',
    ]);
  });

  it('are not asked when a name changes its address between two requests', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/again', connection: 'close' }).end();
      else response.end('secret');
    });
    const options = { isAllowed: loopbackOnly, resolve: resolvesTo(['127.0.0.1'], ['127.0.0.2']) };
    const [code, message] = await failure(`http://rebinding.example:${port}/`, options);
    expect([code, message]).toEqual(['IMAGE_UNREACHABLE', expect.stringContaining('is not public')]);
    expect(options.resolve).toHaveBeenCalledTimes(2);
  });

  it('are asked when the operator allows it', async () => {
    const port = await serve((_, response) => response.end(picture));
    expect(await bytesAt(`http://127.0.0.1:${port}/`, { isAllowed: anyAddress })).toEqual(picture);
  });

  it('are told from public ones', () => {
    expect(['8.8.8.8', '168.63.129.17', '2606:4700:4700::1111'].map(publicAddresses)).toEqual([
      true,
      true,
      true,
    ]);
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
    expect(await bytesAt(url)).toEqual(picture);
  });

  it('keeps bytes that are no text', async () => {
    expect(await bytesAt('data:,%ff%00é')).toEqual(Buffer.from([0xff, 0, 0xc3, 0xa9]));
  });

  it.each(['data:', 'data:image/png;base64', 'data:image/png;base64,<html>', 'data:,%zz', 'data:;base64,%'])(
    'refuses %j as malformed',
    async (url) => {
      expect(await failure(url)).toEqual(['IMAGE_INVALID', expect.stringContaining('malformed data: URL')]);
    },
  );

  it.each<[string, () => string, number]>([
    ['escapes', () => `data:,${'%41'.repeat(5_000_000)}`, 5_000_000],
    ['blanks', () => `data:;base64,${'QUFB \n\t'.repeat(2_000_000)}`, 6_000_000],
    ['escaped base64', () => `data:;base64,${'%51UFB'.repeat(2_000_000)}`, 6_000_000],
  ])('decodes millions of %s in a moment', async (_, make, size) => {
    const url = make();
    const start = process.cpuUsage();
    const bytes = await bytesAt(url);
    const { user, system } = process.cpuUsage(start); // microseconds: other processes do not count
    expect([bytes.length, bytes.equals(Buffer.alloc(size, 'A'))]).toEqual([size, true]);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  it.each([
    'data:;base64,QQ=Q',
    'data:;base64,====',
    'data:;base64,Q\u00e9',
    'data:,%4',
    'data:,%4g',
    'data:,%',
  ])('refuses %j', async (url) => {
    expect((await failure(url))[0]).toBe('IMAGE_INVALID');
  });

  it('refuses an empty one and one beyond the limit', async () => {
    expect(await failure('data:,')).toEqual(['IMAGE_INVALID', 'imageUrl: expected an image, got no bytes']);
    expect(await failure('data:,12345', { maxBytes: 4 })).toEqual([
      'IMAGE_TOO_LARGE',
      'imageUrl: expected at most 4 bytes, got 5',
    ]);
  });
});
