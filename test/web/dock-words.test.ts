import { describe, expect, it } from 'vitest';
import { dockWords, failureOf } from '../../web/src/stage/dock-words.ts';
import { en } from '../../web/src/texts/en.ts';
import { zh } from '../../web/src/texts/zh.ts';
import { job } from './jobs.ts';

const words = (differs: Parameters<typeof job>[0]) => dockWords(job(differs), en);

describe('what the dock says', () => {
  it('counts steps and tells the seconds left while they are known', () => {
    expect(words({})).toEqual({ title: 'Step 12 of 20', note: 'about 4 seconds left', progress: 0.6 });
    expect(words({ etaSeconds: null }).note).toBeNull();
  });

  it('has a bar without a value while nobody knows how far a stage is', () => {
    for (const stage of ['LOADING_MODEL', 'ENCODING_PROMPT', 'ENCODING_IMAGE', 'OTHER'] as const) {
      expect(words({ stage }).progress).toBeNull();
    }
  });

  it('tells why a job waits, and its place', () => {
    const waiting = { status: 'QUEUED', stage: 'WAITING', waitReason: 'TURN' } as const;
    expect(words({ ...waiting, queuePosition: 0, etaSeconds: null }).title).toBe('Next in line');
    expect(words({ ...waiting, queuePosition: 2, etaSeconds: 40 })).toMatchObject({
      title: 'Waiting, 2 jobs before it',
      note: 'about 40 seconds',
    });
    expect(words({ ...waiting, waitReason: 'PAUSED' }).title).toBe('The queue is paused.');
    expect(words({ ...waiting, waitReason: 'NO_WORKER' }).title).toBe('No worker is running.');
  });

  it('puts its parts together with the comma of the language', () => {
    const again = job({ step: 0, attempts: 2 });
    expect(dockWords(again, en).note).toBe('about 4 seconds left, Starting again, attempt 2 of 3');
    expect(dockWords(again, zh).note).toMatch(/^[^,]+，[^,]+$/);
  });

  it('says that a job starts again after a restart', () => {
    expect(words({ stage: 'LOADING_MODEL', step: 0, attempts: 2 }).note).toBe(
      'Starting again, attempt 2 of 3',
    );
  });

  it('ends with the seconds that the last attempt took', () => {
    const done = words({ status: 'SUCCEEDED', stage: 'DONE', finishedAt: '2026-11-27T08:00:10.000Z' });
    expect(done).toMatchObject({ title: 'Done in 9 seconds', note: 'seed 7, 256 × 256' });
    const common = { id: 'SW1hZ2U=', sha256: 'ab'.repeat(32), index: 0, seed: '7', variationSeed: null };
    const image = { ...common, width: 512, height: 256 };
    expect(words({ status: 'SUCCEEDED', images: [image] }).note).toBe('seed 7, 512 × 256'); // not what was asked for
    expect(words({ status: 'CANCELED', step: 0 }).title).toBe('Canceled before it started.');
  });

  it.each(Object.entries(en.dock.failures))('says of %s what failed and what helps', (code, failure) => {
    const error = { code: code as keyof typeof en.dock.failures, message: 'expected this, got that' };
    const failed = job({ status: 'FAILED', error });
    expect(dockWords(failed, en)).toEqual({
      ...{ title: failure.title, note: 'expected this, got that', progress: null },
    });
    expect(failureOf(failed, en)).toBe(failure);
    expect(failureOf(failed, zh).remedy).toMatch(/[\u4e00-\u9fff]/);
  });
});
