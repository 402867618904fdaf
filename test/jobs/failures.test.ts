import { expect, it } from 'vitest';
import { CanceledError, CheckpointError, DeviceError } from '../../src/engine/index.ts';
import { fateOf, SourceLostError } from '../../src/jobs/failures.ts';

it.each([
  [
    new CheckpointError('bad key'),
    { retry: false, error: { code: 'CHECKPOINT_INVALID', message: 'bad key' } },
  ],
  [new SourceLostError('no source'), { retry: false, error: { code: 'SOURCE_LOST', message: 'no source' } }],
  [new DeviceError('crashed'), { retry: true, error: { code: 'DEVICE_FAILED', message: 'crashed' } }],
])('decides by the class of %s', (error, fate) => {
  expect(fateOf(error)).toEqual({ fate: 'failed', ...fate });
});

it('knows that a stop is no failure', () => {
  expect(fateOf(new CanceledError())).toEqual({ fate: 'canceled' });
});

it.each([new Error('SELECT secret'), 'SELECT secret', undefined])(
  'hides what %s says under an id',
  (error) => {
    const fate = fateOf(error);
    if (fate.fate !== 'failed' || fate.incident === undefined) throw new Error('expected a masked failure');
    expect(fate.error.code).toBe('INTERNAL');
    expect(fate.error.message).not.toContain('secret');
    expect(fate.error.message).toContain(fate.incident);
    expect(fate.retry).toBe(false);
  },
);
