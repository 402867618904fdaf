import { parse, type ExecutionArgs } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { KNOWN_MODELS } from '../../src/models/names.ts';
import { buildSchema } from '../../src/schema/index.ts';
import { createErrorMask } from '../../src/server/errors.ts';
import { deliver, SharedAnswers, type Updates } from '../../src/server/fan-out.ts';
import { latent } from './fixtures.ts';

const mask = createErrorMask(pino({ level: 'silent' }));

/** A step that counts how often its preview is made. */
function countedUpdate() {
  const made = { previews: 0 };
  const update = {
    ...{ type: 'step', sequence: 7, at: 0, sigma: 1, job: {} as Job },
    get preview() {
      made.previews++;
      return latent(1);
    },
  } as const satisfies JobEvent;
  return { update, made };
}

const schema = buildSchema(KNOWN_MODELS);
const services = { jobs: { wantPreview: () => undefined } };
const watching = (preview: string): ExecutionArgs => ({
  schema,
  contextValue: { services },
  document: parse(`subscription { img2imgProgress(jobId: "Job:1") { sequence ${preview} { mimeType } } }`),
});
const args = watching('preview(format: PNG)');
const ANSWER = '{"data":{"img2imgProgress":{"sequence":7,"preview":{"mimeType":"image/png"}}}}';

test('An event is executed once for all who ask the same, even at the same time', async () => {
  const answers = new SharedAnswers(mask);
  const { update, made } = countedUpdate();
  const all = await Promise.all(Array.from({ length: 1000 }, () => answers.answer(update, 'a', args)));
  expect(new Set(all)).toEqual(new Set([ANSWER]));
  expect(made.previews).toBe(1);
});

test('Another question or another event is executed anew', async () => {
  const answers = new SharedAnswers(mask);
  const first = countedUpdate();
  const second = countedUpdate();
  await answers.answer(first.update, 'a', args);
  await answers.answer(first.update, 'b', args);
  await answers.answer(second.update, 'a', args);
  expect([first.made.previews, second.made.previews]).toEqual([2, 1]);
});

test('A field that fails is an error beside the data', async () => {
  const { update } = countedUpdate();
  const failing = watching('preview(size: 1)');
  expect(JSON.parse(await new SharedAnswers(mask).answer(update, 'a', failing))).toMatchObject({
    data: { img2imgProgress: { sequence: 7, preview: null } },
    errors: [
      {
        message: 'size must be from 16 to 1024, got 1',
        path: ['img2imgProgress', 'preview'],
        extensions: { code: 'INVALID_VALUE', field: ['size'] },
      },
    ],
  });
});

test('The next update is asked for only when the socket has taken the one before', async () => {
  const order: string[] = [];
  const { update } = countedUpdate();
  const source = (async function* () {
    await Promise.resolve();
    for (const name of ['first', 'second']) {
      order.push(`${name} asked for`);
      yield update;
    }
  })() as Updates;
  const taken: (() => void)[] = [];
  const end = deliver(source, () => {
    order.push('sent');
    return new Promise((resolve) => {
      taken.push(resolve);
      queueMicrotask(() => {
        order.push('taken');
        taken.shift()?.();
      });
    });
  }).next();
  expect(await end).toEqual({ done: true, value: undefined });
  expect(order).toEqual(['first asked for', 'sent', 'taken', 'second asked for', 'sent', 'taken']);
});
