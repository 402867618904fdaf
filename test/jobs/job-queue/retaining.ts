import { describe, expect, it } from 'vitest';
import { MAX_UPLOADS } from '../../../src/jobs/queue.ts';
import { ended, jobImage, newJob, request } from '../fixtures.ts';
import { type QueueBench } from './queue-bench.ts';

const hash = (digit: string): string => digit.repeat(64);

/** How a JobQueue forgets. */
export const describeRetaining = (q: QueueBench): void => {
  describe('retaining', () => {
    /** A job with this source that has just succeeded with this image. */
    const finish = async (source: string, image: string, owner = ''): Promise<string> => {
      const from = { sha256: hash(source), width: 1, height: 1 };
      const job = await q.queue.enqueue(newJob({ owner, request: request({ source: from }) }));
      (await q.handler.next()).succeed([jobImage({ sha256: hash(image) })]);
      await ended(q.queue, job.id);
      return job.id;
    };

    it('forgets jobs that ended before a time, the oldest first, as many as it is told', async () => {
      q.start();
      const ids: string[] = [];
      for (const digit of ['1', '2', '3']) {
        ids.push(await finish(digit, digit));
        q.clock.time += 1000;
      }
      const time = q.clock.now() - 1000;
      expect((await q.queue.expire(time, 1)).jobs).toEqual([ids[0]]);
      expect((await q.queue.expire(time, 10)).jobs).toEqual([ids[1]]);
      expect(await q.queue.expire(time, 10)).toEqual({ jobs: [], objects: [] });
      expect(await q.queue.getMany([...ids.slice(0, 2), 'nonsense'])).toEqual([
        'expired',
        'expired',
        'unknown',
      ]);
      expect(await q.queue.cancel(ids[0]!)).toEqual({ outcome: 'expired' });
      expect((await q.queue.list({ limit: 9, from: 'newest' })).map(({ id }) => id)).toEqual([ids[2]]);
      await q.reopen();
      expect(await q.queue.get(ids[0]!)).toBe('expired');
    });

    it('never forgets a job that has not ended', async () => {
      const job = await q.queue.enqueue(newJob());
      q.clock.time += 1e12;
      expect(await q.queue.expire(q.clock.now(), 10)).toEqual({ jobs: [], objects: [] });
      expect(await q.present(job)).toMatchObject({ status: 'QUEUED' });
    });

    it('gives up an object with the last job that refers to it, and remembers that it was there', async () => {
      q.start();
      await finish('a', 'b');
      q.clock.time += 1000;
      await finish('a', 'c');
      const uses = () => q.queue.objectUses(['a', 'b', 'c', 'd'].map(hash));
      expect(await uses()).toEqual(['used', 'used', 'used', 'unknown']);
      const { objects } = await q.queue.expire(q.clock.now(), 10);
      expect(objects).toEqual([hash('b')]);
      expect(await uses()).toEqual(['used', 'expired', 'used', 'unknown']);
      q.clock.time += 1;
      expect((await q.queue.expire(q.clock.now(), 10)).objects.toSorted()).toEqual([hash('a'), hash('c')]);
      await finish('b', 'c');
      expect(await uses()).toEqual(['expired', 'used', 'used', 'unknown']);
    });

    it('knows the owners of jobs that are kept or expired, and of no others', async () => {
      q.start();
      const old = await finish('1', '2', 'aa');
      q.clock.time += 1;
      await q.queue.expire(q.clock.now(), 10);
      await q.reopen();
      const { id } = await q.queue.enqueue(newJob({ owner: 'bb' }));
      expect(await q.queue.owners([old, 'nonsense', id])).toEqual(['aa', undefined, 'bb']);
    });

    it('tells of a source only its owner, of a result everybody, also when they have expired', async () => {
      q.start();
      await finish('1', '2', 'aa');
      const uses = (owner?: string) => q.queue.objectUses([hash('1'), hash('2'), hash('3')], owner);
      expect(await uses()).toEqual(['used', 'used', 'unknown']);
      expect(await uses('aa')).toEqual(['used', 'used', 'unknown']);
      expect(await uses('bb')).toEqual(['unknown', 'used', 'unknown']);
      q.clock.time += 1;
      await q.queue.expire(q.clock.now(), 10);
      expect(await uses()).toEqual(['expired', 'expired', 'unknown']);
      expect(await uses('aa')).toEqual(['expired', 'expired', 'unknown']);
      expect(await uses('bb')).toEqual(['unknown', 'expired', 'unknown']);
    });

    it('tells of a source everybody who has given it, and of a result that became a source everybody', async () => {
      q.start();
      await finish('1', '2', 'aa');
      q.clock.time += 1;
      await finish('1', '3', 'bb');
      await finish('2', '4', 'cc');
      const uses = (owner: string) => q.queue.objectUses([hash('1'), hash('2')], owner);
      expect([await uses('aa'), await uses('bb'), await uses('dd')]).toEqual([
        ['used', 'used'],
        ['used', 'used'],
        ['unknown', 'used'],
      ]);
      await q.queue.expire(q.clock.now(), 1);
      expect([await uses('aa'), await uses('bb'), await uses('cc')]).toEqual([
        ['unknown', 'unknown'],
        ['used', 'unknown'],
        ['unknown', 'used'],
      ]);
    });

    it('keeps the source of a job that waits', async () => {
      const source = { sha256: hash('e'), width: 1, height: 1 };
      await q.queue.enqueue(newJob({ request: request({ source }) }));
      expect(await q.queue.objectUses([hash('e')])).toEqual(['used']);
    });

    it('keeps an upload as a source of its owner, until it was last kept before a time', async () => {
      const [upload, other] = [hash('5'), hash('6')];
      await q.queue.keepUpload(upload, 'aa');
      q.clock.time += 1000;
      await q.queue.keepUpload(other, 'aa');
      await q.reopen();
      const uses = (owner?: string) => q.queue.objectUses([upload, other], owner);
      expect([await uses(), await uses('aa'), await uses('bb')]).toEqual([
        ['used', 'used'],
        ['used', 'used'],
        ['unknown', 'unknown'],
      ]);
      const time = q.clock.now();
      q.clock.time += 1000;
      expect(await q.queue.expireUploads(time, 10)).toEqual({ count: 1, objects: [upload] });
      expect([await uses('aa'), await uses('bb')]).toEqual([
        ['expired', 'used'],
        ['unknown', 'unknown'],
      ]);
      await q.queue.keepUpload(other, 'aa'); // it is used again
      expect(await q.queue.expireUploads(time + 500, 10)).toEqual({ count: 0, objects: [] });
      expect(await q.queue.expireUploads(q.clock.now() + 1, 1)).toEqual({ count: 1, objects: [other] });
    });

    it('gives up an upload with the last owner and job that refer to it', async () => {
      const upload = hash('7');
      for (const owner of ['aa', 'bb']) await q.queue.keepUpload(upload, owner);
      const source = { sha256: upload, width: 1, height: 1 };
      const { id } = await q.queue.enqueue(newJob({ owner: 'aa', request: request({ source }) }));
      const time = q.clock.now() + 1;
      expect(await q.queue.expireUploads(time, 1)).toEqual({ count: 1, objects: [] });
      expect(await q.queue.expireUploads(time, 9)).toEqual({ count: 1, objects: [] });
      expect(await q.queue.objectUses([upload], 'aa')).toEqual(['used']);
      expect(await q.queue.objectUses([upload], 'bb')).toEqual(['unknown']);
      await q.queue.cancel(id);
      expect(await q.queue.remove(id)).toEqual({ outcome: 'removed', objects: [upload] });
    });

    it('keeps so many uploads of an owner, and refuses the next', async () => {
      const numbered = (n: number) => n.toString(16).padStart(64, '0');
      await Promise.all(Array.from({ length: MAX_UPLOADS }, (_, n) => q.queue.keepUpload(numbered(n), 'aa')));
      await q.queue.keepUpload(numbered(0), 'aa');
      await q.queue.keepUpload(numbered(0), 'bb');
      await expect(q.queue.keepUpload(numbered(MAX_UPLOADS), 'aa')).rejects.toMatchObject({
        code: 'QUOTA_EXCEEDED',
      });
      await q.queue.expireUploads(q.clock.now() + 1, 2);
      await q.queue.keepUpload(numbered(MAX_UPLOADS), 'aa');
    });

    it('takes one image from a job, and gives up its object', async () => {
      q.start();
      const source = { sha256: hash('d'), width: 1, height: 1 };
      const { id } = await q.queue.enqueue(newJob({ request: request({ source }) }));
      expect(await q.queue.removeImage(id, 0)).toMatchObject({ outcome: 'no-image' });
      const images = ['a', 'b', 'b', 'd'].map((digit, index) => jobImage({ index, sha256: hash(digit) }));
      (await q.handler.next()).succeed(images);
      await ended(q.queue, id);
      expect(await q.queue.countImages({ status: ['SUCCEEDED'] })).toBe(4);
      expect(await q.queue.removeImage(id, 0)).toEqual({ outcome: 'removed', objects: [hash('a')] });
      expect(await q.queue.removeImage(id, 0)).toMatchObject({ outcome: 'no-image' });
      expect(await q.queue.removeImage(id, 1)).toEqual({ outcome: 'removed', objects: [] }); // image 2 is the same
      expect(await q.queue.removeImage(id, 2)).toEqual({ outcome: 'removed', objects: [hash('b')] });
      expect(await q.queue.removeImage(id, 3)).toEqual({ outcome: 'removed', objects: [] }); // the source is the same
      await q.reopen();
      expect(await q.queue.get(id)).toMatchObject({ status: 'SUCCEEDED', images: [] });
      expect(await q.queue.objectUses(['a', 'b', 'd'].map(hash))).toEqual(['expired', 'expired', 'used']);
      expect(await q.queue.countImages({})).toBe(0);
      expect(await q.queue.remove(id)).toEqual({ outcome: 'removed', objects: [hash('d')] });
      expect(await q.queue.removeImage(id, 0)).toEqual({ outcome: 'expired' });
      expect(await q.queue.removeImage('nonsense', 0)).toEqual({ outcome: 'unknown' });
    });

    it('gives the idempotency key of a forgotten job free', async () => {
      const old = await q.queue.enqueue(newJob({ idempotencyKey: 'key' }));
      await q.queue.cancel(old.id);
      q.clock.time += 1;
      await q.queue.expire(q.clock.now(), 10);
      expect(await q.queue.findByKey('', 'key')).toBeUndefined();
      expect((await q.queue.enqueue(newJob({ idempotencyKey: 'key' }))).id).not.toBe(old.id);
    });
  });
};
