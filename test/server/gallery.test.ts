import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DeleteImageDocument,
  ImagesDocument,
  Img2ImgDocument,
  NodeDocument,
  type ImagesQueryVariables,
} from '../client/generated/graphql.ts';
import { ask, post } from '../client/request.ts';
import { ended, jobImage } from '../jobs/fixtures.ts';
import { startTestServer, type TestServer } from './fixtures.ts';

const SMALL = { model: 'starter', width: 256, height: 256, cfg: 6 } as const;

describe('The gallery', () => {
  let server: TestServer;
  /** Ids of all images, as the gallery has them. */
  const ids: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    for (const [i, batchSize] of [3, 1, 2].entries()) {
      const input = { ...SMALL, batchSize, prompt: `job ${i}`, tags: i === 1 ? ['kept'] : [] };
      const { job } = (await ask(server.url, Img2ImgDocument, { input })).img2img;
      const run = await server.handler.next();
      const stored = Array.from({ length: batchSize }, (_, index) =>
        server.objects.put(Buffer.from(`${i} ${index}`)),
      );
      const hashes = (await Promise.all(stored)).map(({ sha256 }) => sha256);
      run.succeed(hashes.map((sha256, index) => jobImage({ index, sha256, seed: `${i}${index}` })));
      await ended(server.services.jobs, run.job.id);
      ids.unshift(...hashes.map((_, index) => `${job!.id.replace('Job', 'Image')}:${index}`));
    }
    await ask(server.url, Img2ImgDocument, { input: SMALL }); // one that has no images yet
  });
  afterAll(() => server.close());

  const images = async (variables: ImagesQueryVariables = {}) => {
    const page = (await ask(server.url, ImagesDocument, variables)).images;
    return { ...page, places: page.nodes.map(({ id }) => ids.indexOf(id)) };
  };

  test('shows the pictures of the newest job first, each batch in its order', async () => {
    const { places, totalCount } = await images();
    expect(places).toEqual([0, 1, 2, 3, 4, 5]);
    expect(totalCount).toBe(6);
  });

  test.each([1, 2, 3, 4, 6])(
    'gives pages of %i in both directions, which lose and repeat nothing',
    async (size) => {
      const forward: number[] = [];
      for (let after: string | null | undefined; ;) {
        const { places, pageInfo } = await images({ first: size, ...(after && { after }) });
        forward.push(...places);
        expect(pageInfo.hasNextPage).toBe(forward.length < 6);
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      expect(forward).toEqual([0, 1, 2, 3, 4, 5]);
      const backward: number[] = [];
      for (let before: string | null | undefined; ;) {
        const { places, pageInfo } = await images({ last: size, ...(before && { before }) });
        backward.unshift(...places);
        if (!pageInfo.hasPreviousPage) break;
        before = pageInfo.startCursor;
      }
      expect(backward).toEqual([0, 1, 2, 3, 4, 5]);
    },
  );

  test('gives what lies between two cursors, of one job and of several', async () => {
    const cursors = await Promise.all(
      ids.map(async (_, i) => (await images({ first: i + 1 })).pageInfo.endCursor!),
    );
    for (let from = 0; from < 6; from++) {
      for (let to = from + 1; to < 6; to++) {
        const range = { after: cursors[from]!, before: cursors[to]! };
        const between = Array.from({ length: to - from - 1 }, (_, i) => from + 1 + i);
        expect((await images({ ...range, first: 6 })).places).toEqual(between);
        expect((await images({ ...range, last: 6 })).places).toEqual(between);
      }
    }
  });

  test('filters by text and tags, and counts what matches', async () => {
    expect(await images({ text: 'JOB 0' })).toMatchObject({ places: [3, 4, 5], totalCount: 3 });
    expect(await images({ tags: ['kept'] })).toMatchObject({ places: [2], totalCount: 1 });
    expect(await images({ tags: ['kept', 'other'] })).toMatchObject({ places: [], totalCount: 0 });
  });

  test('refuses cursors and lengths that no page has', async () => {
    for (const variables of [{ after: 'x' }, { before: randomUUID() }, { first: 101 }]) {
      const { errors } = await post(server.url, ImagesDocument, variables);
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_VALUE' } }]);
    }
  });

  test('loses an image that is deleted; the others of its batch keep their ids', async () => {
    const id = ids[4]!;
    const { deleteImage } = await ask(server.url, DeleteImageDocument, { id });
    expect(deleteImage).toEqual({ deletedId: id, userErrors: [] });
    expect(await images()).toMatchObject({ places: [0, 1, 2, 3, 5], totalCount: 5 });
    expect(await ask(server.url, NodeDocument, { id: ids[5]! })).toMatchObject({ node: { seed: '02' } });
    const { errors } = await post(server.url, NodeDocument, { id });
    expect(errors).toMatchObject([{ extensions: { code: 'EXPIRED' } }]);
    const failure = async (of: string) =>
      (await ask(server.url, DeleteImageDocument, { id: of })).deleteImage.userErrors.map(({ code }) => code);
    expect(await failure(id)).toEqual(['EXPIRED']);
    expect(await failure(id.replace(/\d$/, '9'))).toEqual(['NOT_FOUND']);
    expect(await failure(`Image:${randomUUID()}:0`)).toEqual(['NOT_FOUND']);
    expect(await failure(id.replace('Image', 'Job').replace(/:\d$/, ''))).toEqual(['INVALID_VALUE']);
  });
});
