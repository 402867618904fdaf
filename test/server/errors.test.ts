import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import { StorageFullError } from '../../src/storage/object-store.ts';
import { Img2ImgDocument, ServerDocument } from '../client/generated/graphql.ts';
import { connect, post } from '../client/request.ts';
import { startTestServer } from './fixtures.ts';

const failing = () => startTestServer({}, { devices: () => Promise.reject(new Error('secret path /etc/x')) });

test('An unexpected error is hidden behind an id, under which the log has it in full', async () => {
  const server = await failing();
  try {
    const { status, errors } = await post(server.url, ServerDocument, {});
    const { id } = errors![0]!.extensions as { id: string };
    expect(status).toBe(200);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(errors![0]).toMatchObject({
      message: `Unexpected error; see ${id} in the server's log`,
      path: [expect.stringMatching(/^(models|engine)$/)], // both ask the devices
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(server.logged).toContainEqual(
      expect.objectContaining({
        id,
        level: 50,
        err: expect.objectContaining({
          message: 'secret path /etc/x',
          stack: expect.any(String) as string,
        }) as object,
      }),
    );
  } finally {
    await server.close();
  }
});

test('An unexpected error is hidden over WebSocket too', async () => {
  const server = await failing();
  const client = connect(server.url);
  try {
    const answer = await client.iterate({ query: '{ engine { waiting } }' }).next();
    const [error] = (answer.value as ExecutionResult).errors!;
    expect(error?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(error?.message).not.toContain('secret');
  } finally {
    await client.dispose();
    await server.close();
  }
});

test('A full disk is told as such, and logged', async () => {
  const server = await startTestServer();
  try {
    server.services.objects.put = () => Promise.reject(new StorageFullError('no room in /data'));
    const imageUrl =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const { errors } = await post(server.url, Img2ImgDocument, { input: { model: 'starter', imageUrl } });
    expect(errors).toMatchObject([
      {
        message: 'The server has no room for another image or job; try again later',
        extensions: { code: 'STORAGE_FULL' },
      },
    ]);
    expect(server.logged.map(({ msg }) => msg)).toContain('the disk is full');
  } finally {
    await server.close();
  }
});
