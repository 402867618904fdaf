import { GraphQLError, parse, type ExecutionArgs } from 'graphql';
import { expect, test } from 'vitest';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { createErrorMask } from '../../src/server/errors.ts';
import { deliver, SharedAnswers, type Updates } from '../../src/server/fan-out.ts';
import type { Img2ImgEvent } from '../../src/resolvers/watch-img2img.ts';
import { KNOWN_MODELS } from '../../src/models/names.ts';
import { buildSchema } from '../../src/schema/index.ts';
import { pino } from 'pino';

const mask = createErrorMask(pino({ level: 'silent' }));

/** A step whose preview counts how often it is made, and fails if it is told to. */
function countedUpdate({ fails = false } = {}) {
  const made = { previews: 0 };
  const update = {
    event: { type: 'step', sequence: 7, at: 0, sigma: 1, job: {} } as JobEvent,
    isFirst: false,
    preview: () => {
      made.previews++;
      if (fails) return Promise.reject(new GraphQLError('no preview'));
      return Promise.resolve({ dataUri: 'data:,', mimeType: 'image/png', width: 1, height: 1 });
    },
  } satisfies Img2ImgEvent;
  return { update, made };
}

const args: ExecutionArgs = {
  schema: buildSchema(KNOWN_MODELS),
  document: parse(
    'subscription { img2imgProgress(jobId: "Job:1") { sequence ... on Img2ImgStep { preview { mimeType } } } }',
  ),
};
const ANSWER = '{"data":{"img2imgProgress":{"sequence":7,"preview":{"mimeType":"image/png"}}}}';

test('An event is executed once for all who ask the same, even at the same time', async () => {
  const answers = new SharedAnswers(mask);
  const { update, made } = countedUpdate();
  const all = await Promise.all(Array.from({ length: 1000 }, () => answers.answer(update, 'a', args)));
  expect(new Set(all)).toEqual(new Set([ANSWER]));
  expect(made.previews).toBe(1);
});

test('Another question, another event, or the event that a watcher joins with, is executed anew', async () => {
  const answers = new SharedAnswers(mask);
  const first = countedUpdate();
  const second = countedUpdate();
  await answers.answer(first.update, 'a', args);
  await answers.answer(first.update, 'b', args);
  await answers.answer(second.update, 'a', args);
  await answers.answer({ ...second.update, isFirst: true }, 'a', args);
  expect([first.made.previews, second.made.previews]).toEqual([2, 2]);
});

test('A field that fails is an error beside the data', async () => {
  const { update } = countedUpdate({ fails: true });
  expect(JSON.parse(await new SharedAnswers(mask).answer(update, 'a', args))).toMatchObject({
    data: { img2imgProgress: { sequence: 7, preview: null } },
    errors: [{ message: 'no preview', path: ['img2imgProgress', 'preview'] }],
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
