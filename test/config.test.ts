import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { parseRedisUrl } from '../src/jobs/redis/address.ts';

describe('the settings', () => {
  test('have the defaults that the README names, empty variables included', () => {
    expect(readConfig({ PORT: '', API_KEYS: '', PUBLIC_URL: '' })).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      dataDir: resolve('data'),
      modelsDir: resolve('models'),
      device: 'auto',
      queueLimit: 1000,
      publicUrl: undefined,
      allowPrivateImageUrls: false,
      apiKeys: [],
      logLevel: 'info',
    });
  });

  test.each<[NodeJS.ProcessEnv, object]>([
    [{ MEMORY_LIMIT: '8GB' }, { memoryLimit: 8 * 2 ** 30 }],
    [{ MEMORY_LIMIT: '1.5 GiB' }, { memoryLimit: 1.5 * 2 ** 30 }],
    [{ MEMORY_LIMIT: '1048576' }, { memoryLimit: 2 ** 20 }],
    [{ API_KEYS: ' a, b ,,c' }, { apiKeys: ['a', 'b', 'c'] }],
    [{ PUBLIC_URL: 'https://art.example/latentql/' }, { publicUrl: 'https://art.example/latentql' }],
    [{ FEDERATION: 'true' }, { federation: true }],
    [{ ALLOW_PRIVATE_IMAGE_URLS: 'true' }, { allowPrivateImageUrls: true }],
    [{ ALLOW_PRIVATE_IMAGE_URLS: '0' }, { allowPrivateImageUrls: false }],
  ])('are read from %o', (env, expected) => {
    expect(readConfig(env)).toMatchObject(expected);
  });

  test.each<[NodeJS.ProcessEnv, string]>([
    [{ PORT: '70000' }, 'PORT: expected a whole number from 0 to 65535, got "70000"'],
    [{ PORT: '0x10' }, 'PORT: expected a whole number from 0 to 65535, got "0x10"'],
    [{ QUEUE_LIMIT: '0' }, 'QUEUE_LIMIT: expected a whole number from 1 to 1000000, got "0"'],
    [{ MEMORY_LIMIT: 'much' }, 'MEMORY_LIMIT: expected a size such as 8GB or 512MB, got "much"'],
    [{ MEMORY_LIMIT: '0' }, 'MEMORY_LIMIT: expected a size such as 8GB or 512MB, got "0"'],
    [{ MEMORY_LIMIT: '8' }, 'MEMORY_LIMIT: expected a size such as 8GB or 512MB, got 8 bytes'],
    [
      { DEVICE: 'gpu' },
      'DEVICE: expected auto, cpu, cuda, webgpu, coreml, dml, cuda:<number>, or a list of such with commas, got "gpu"',
    ],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"',
    ],
    [
      { PUBLIC_URL: 'art.example' },
      'PUBLIC_URL: expected an http or https URL without user, query and fragment, got a text without a scheme such as https://',
    ],
    [
      { PUBLIC_URL: 'https://art.example/?a' },
      'PUBLIC_URL: expected an http or https URL without user, query and fragment, got "https://…"',
    ],
    [{ ALLOW_PRIVATE_IMAGE_URLS: 'maybe' }, 'ALLOW_PRIVATE_IMAGE_URLS: expected true or false, got "maybe"'],
  ])('are refused for %o with what was expected and what came', (env, message) => {
    expect(() => readConfig(env)).toThrow(new ConfigError(`Invalid settings:\n  ${message}`));
  });

  test('are refused with every wrong one at once', () => {
    expect(() => readConfig({ PORT: 'x', RETENTION: 'y' })).toThrow(/PORT: .*\n {2}RETENTION: /);
  });

  test.each([
    ['7d', 604_800_000],
    ['12h', 43_200_000],
    ['90m', 5_400_000],
    [' 1.5 D ', 129_600_000],
    ['0', 0],
    ['', 604_800_000],
  ])('read RETENTION=%s as %i milliseconds', (text, milliseconds) => {
    expect(readConfig({ RETENTION: text }).retention).toBe(milliseconds);
  });

  test.each(['7', 'd', '-1d', '9m', '1w', '1e3d', '24856d'])('refuse RETENTION=%s and say why', (text) => {
    expect(() => readConfig({ RETENTION: text })).toThrow(ConfigError);
    expect(() => readConfig({ RETENTION: text })).toThrow(
      `RETENTION: expected 0 or a time from 10m to 24855d, such as 90s, 30m, 12h or 7d, got "${text}"`,
    );
  });

  test('give a running job seven seconds to end when the server is asked to, or as many as DRAIN_TIMEOUT says', () => {
    expect(readConfig({}).drainTimeout).toBe(7000);
    expect(readConfig({ DRAIN_TIMEOUT: '2m' }).drainTimeout).toBe(120_000);
    expect(readConfig({ DRAIN_TIMEOUT: '0' }).drainTimeout).toBe(0);
  });

  test('take one device or a list of them, the number of a card included', () => {
    expect(readConfig({}).devices).toEqual([{ device: 'auto' }]);
    expect(readConfig({ DEVICE: 'cuda:0, cuda:11,cpu' })).toMatchObject({
      device: 'cuda',
      devices: [{ device: 'cuda', deviceIndex: 0 }, { device: 'cuda', deviceIndex: 11 }, { device: 'cpu' }],
    });
    for (const DEVICE of ['gpu', 'cpu:1', 'cuda:', 'cpu,', 'cuda:x']) {
      expect(() => readConfig({ DEVICE })).toThrow(/DEVICE: expected auto, cpu, cuda, .*, got "/);
    }
  });

  test('take no card that CUDA does not show', () => {
    const CUDA_VISIBLE_DEVICES = '2,3';
    const { devices } = readConfig({ DEVICE: 'cuda:0,cuda:1', CUDA_VISIBLE_DEVICES });
    expect(devices).toHaveLength(2);
    for (const DEVICE of ['cuda:2', 'cuda:0,cuda:3', 'cuda:1,cpu,cuda:2'])
      expect(() => readConfig({ DEVICE, CUDA_VISIBLE_DEVICES })).toThrow(
        /DEVICE: cuda:[23] does not exist: CUDA_VISIBLE_DEVICES="2,3" leaves 2, numbered from cuda:0/,
      );
    expect(readConfig({ DEVICE: 'cuda:7', CUDA_VISIBLE_DEVICES: '' }).devices[0]!.deviceIndex).toBe(7);
  });

  test('take a precision', () => {
    expect(readConfig({}).precision).toBe('auto');
    expect(readConfig({ PRECISION: 'f16' }).precision).toBe('f16');
    expect(() => readConfig({ PRECISION: 'bf16' })).toThrow(
      'PRECISION: expected one of auto, f16, f32, got "bf16"',
    );
  });

  test('take the address of a queue, and does not repeat one that may hold a password', () => {
    expect(readConfig({}).queueUrl).toBeUndefined();
    for (const QUEUE_URL of ['redis://localhost:6379/1', 'rediss://user:secret@queue.example']) {
      expect(readConfig({ QUEUE_URL }).queueUrl).toBe(QUEUE_URL);
    }
    const wrong = () => readConfig({ QUEUE_URL: 'http://user:secret@queue' });
    expect(wrong).toThrow(/QUEUE_URL: expected redis:\/\/host:port, rediss:\/\/ .*, got "http:\/\/…"$/);
    expect(wrong).not.toThrow(/secret/);
  });

  test.each<[NodeJS.ProcessEnv, RegExp]>([
    [{ API_KEYS: ',' }, /API_KEYS: expected keys separated by commas, got none/],
    [{ API_KEYS: ' , ,' }, /API_KEYS: expected keys/],
    [{ API_KEYS: 'good,secret key' }, /API_KEYS: entry 2 contains blanks/],
    [{ API_KEYS: 'secret\tkey' }, /API_KEYS: entry 1 contains blanks/],
    [{ API_KEYS: 'secretschlüssel' }, /API_KEYS: entry 1 .* non-ASCII/],
    [{ API_KEY_HASHES: 'secret' }, /API_KEY_HASHES: entry 1 does not end in the SHA-256 of a key/],
    [
      { API_KEY_HASHES: `a:secret:${'a'.repeat(64)}` },
      /API_KEY_HASHES: entry 1 has a role other than read, submit, admin/,
    ],
    [{ API_KEY_HASHES: ',' }, /API_KEY_HASHES: expected .*, got none/],
    [{ STORAGE_URL: 's3://AKIA:secret@bucket/x' }, /STORAGE_URL: expected s3/],
    [{ STORAGE_URL: 's3:/AKIA:secret@bucket' }, /STORAGE_URL: expected s3/],
    [{ STORAGE_URL: 'https://user:secret@bucket' }, /STORAGE_URL: expected s3/],
    [{ PUBLIC_URL: 'https://user:secret@art.example' }, /PUBLIC_URL: expected/],
    [{ PUBLIC_URL: 'https://art.example/?token=secret' }, /PUBLIC_URL: expected/],
    [{ PUBLIC_URL: 'user:secret@art.example' }, /PUBLIC_URL: expected/],
    [{ QUEUE_URL: 'amqp://user:secret@queue' }, /QUEUE_URL: expected/],
  ])('refuse %o without showing what may be secret', (env, message) => {
    const wrong = () => readConfig(env);
    expect(wrong).toThrow(message);
    expect(wrong).not.toThrow(/secret/);
  });

  test.each([
    'redis://:se/cret@h',
    'redis://:s@cret@h',
    'redis://h/0?password=secret',
    'redis://:s%zzcret@h',
  ])('refuse QUEUE_URL=%s without showing its password', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(ConfigError);
    expect(() => parseRedisUrl(url)).not.toThrow(/cret/);
  });

  test.each<[NodeJS.ProcessEnv, string]>([
    [{ QUEUE_URL: 'localhost:6379' }, 'got a text without a scheme such as https://'],
    [
      { STORAGE_URL: 'https://s3.example/bucket' },
      'expected s3://bucket/prefix or a folder, got "https://…"',
    ],
    [
      { STORAGE_URL: 's3://' },
      'expected s3://bucket/prefix or a folder, got no bucket: keys and the address',
    ],
    [{ STORAGE_URL: 's3://host:9000/bucket' }, 'got a user, a password or a port: keys and the address'],
    [{ STORAGE_URL: 's3://bucket?region=x' }, 'got a query or a fragment: keys and the address'],
    [{ PUBLIC_URL: 'art.example' }, 'got a text without a scheme such as https://'],
    [{ PUBLIC_URL: 'ftp://art.example' }, 'got "ftp://…"'],
  ])('say of %o what was expected, what came and what helps', (env, message) => {
    expect(() => readConfig(env)).toThrow(message);
  });

  test.each([
    [
      'redis://h/abc',
      'expected the number of a database, such as /1, or nothing behind the host, got "/abc"',
    ],
    [
      'redis://h:99999',
      'expected host:port with a port from 1 to 65535, an IPv6 address in brackets, got the port 99999',
    ],
    [
      'redis://h:abc',
      'expected host:port with a port from 1 to 65535, an IPv6 address in brackets, got another form',
    ],
    [
      'redis://a,,b',
      'expected host:port with a port from 1 to 65535, an IPv6 address in brackets, got another form',
    ],
    [
      'redis+sentinel://h',
      "expected the master's name behind the sentinels, such as /mymaster, got redis+sentinel://h",
    ],
  ])('say of QUEUE_URL=%s what is wrong with it', (url, message) => {
    expect(() => parseRedisUrl(url)).toThrow(new ConfigError(`QUEUE_URL: ${message}`));
  });

  test('take Redis at an IPv6 address, with a port or without', () => {
    const hosts = (url: string) => parseRedisUrl(url).hosts;
    expect(hosts('redis://[::1]:7000/2')).toEqual([{ host: '::1', port: 7000 }]);
    expect(hosts('redis://[fd00::2],h:1')).toEqual([
      { host: 'fd00::2', port: 6379 },
      { host: 'h', port: 1 },
    ]);
  });

  test('take hashes of keys with a name and a role, or without', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const { apiKeyHashes } = readConfig({ API_KEY_HASHES: `root:admin:${a}, page:${b!.toUpperCase()},${c}` });
    expect(apiKeyHashes.map(({ name, role, hash }) => [name, role, hash])).toEqual([
      ['root', 'admin', a],
      ['page', 'submit', b],
      ['key-cccccc', 'submit', c],
    ]);
  });

  test('take a bucket or a folder to store pictures in', () => {
    expect(readConfig({}).storageUrl).toBeUndefined();
    for (const STORAGE_URL of ['s3://bucket', 's3://bucket/a/b', '/mnt/shared', 'objects']) {
      expect(readConfig({ STORAGE_URL }).storageUrl).toBe(STORAGE_URL);
    }
    for (const STORAGE_URL of ['s3://', 's3://bucket?x=1', 'http://bucket/x']) {
      expect(() => readConfig({ STORAGE_URL })).toThrow(
        'STORAGE_URL: expected s3://bucket/prefix or a folder',
      );
    }
  });
});
