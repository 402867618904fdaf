import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/jobs/queue.ts';
import { decodeReport, encodeReport } from '../../src/jobs/redis/record.ts';
import { latent, storedJob } from './fixtures.ts';

const step = (preview: ReturnType<typeof latent>): JobEvent => ({
  ...{ type: 'step', job: storedJob(), sequence: 3, at: 5, sigma: 2, preview },
});
const two = { ...latent(1), images: 2, data: Float32Array.of(1, 2) };

describe('a report between processes', () => {
  it.each([1, 2, 3, 4])('carries its latents and %i × 1 pixels of each of their pictures', (width) => {
    const data = Uint8Array.from({ length: 2 * 3 * width }, (_, i) => 255 - i);
    const event = step({ ...two, pictures: { images: 2, width, height: 1, data } });
    expect(decodeReport(encodeReport(event))).toEqual(event);
  });

  it('carries latents alone, and none', () => {
    for (const event of [
      step(two),
      { type: 'stage', job: storedJob(), sequence: 1, at: 1, preview: null },
    ] as const)
      expect(decodeReport(encodeReport(event))).toEqual(event);
  });

  it('is whole values behind its JSON, of which the first are the latents: all that an earlier version reads', () => {
    const pictures = { images: 2, width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const message = encodeReport(step({ ...two, pictures }));
    const start = message.indexOf(0x0a) + 1;
    const values = message.subarray(start + Number(message.toString('latin1', 0, start - 1)));
    expect(values.length % 4).toBe(0);
    expect(new Float32Array(new Uint8Array(values).buffer).subarray(0, 2)).toEqual(two.data);
  });
});
