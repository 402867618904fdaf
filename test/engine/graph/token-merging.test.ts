import { expect, test } from 'vitest';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { mergeTokens } from '../../../src/engine/graph/token-merging.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession } from '../../../src/engine/runtime/session.ts';

const WIDTH = 4;
type Places = Parameters<typeof mergeTokens>[1];

/** Tokens merged by the likeness of `x`, and taken apart again. */
async function run(x: Float32Array, tokens: Float32Array, places: Places, share: number) {
  const graph = new Graph('merging', CPU_PROFILE);
  const rows = places.batch * places.height * places.width;
  const { merge, unmerge } = mergeTokens(graph.input('x', 'F32', [rows, WIDTH]), places, share);
  const merged = merge(graph.input('tokens', 'F32', [rows, WIDTH]));
  const session = await openSession(graph.build({ merged, back: unmerge(merged) }), CPU);
  const outputs = await session.run({ x, tokens });
  await session.release();
  return outputs as Record<'merged' | 'back', Float32Array>;
}

/** The same of one picture, as the paper says it: [into which token each goes, its value behind it]. */
function expected(x: Float32Array, tokens: Float32Array, { height, width }: Places, share: number) {
  const row = (of: Float32Array, i: number) => of.subarray(i * WIDTH, (i + 1) * WIDTH);
  const all = Array.from({ length: height * width }, (_, i) => i);
  const receives = (i: number) => (i % width) % 2 === 0 && Math.floor(i / width) % 2 === 0;
  const likeness = (i: number, j: number) => {
    const [a, b] = [row(x, i), row(x, j)];
    return a.reduce((sum, value, k) => sum + value * b[k]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
  };
  const merged = all
    .filter((i) => !receives(i))
    .map((i) => {
      const into = all.filter(receives).reduce((best, j) => (likeness(i, j) > likeness(i, best) ? j : best));
      return { i, into, likeness: likeness(i, into) };
    })
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, Math.floor(all.length * share));
  const goesInto = (i: number) => merged.find((one) => one.i === i)?.into ?? i;
  return all.flatMap((i) => {
    const group = all.filter((j) => goesInto(j) === goesInto(i)).map((j) => row(tokens, j));
    return Array.from(group[0]!, (_, k) => group.reduce((sum, one) => sum + one[k]!, 0) / group.length);
  });
}

const noise = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * 12.9898 * seed) + Math.cos(i * i * 0.37));

test.each([
  [{ batch: 2, height: 4, width: 6 }, 0.5],
  [{ batch: 1, height: 5, width: 3 }, 0.3],
  [{ batch: 2, height: 3, width: 5 }, 0.75], // more than there are to merge
  [{ batch: 1, height: 1, width: 4 }, 0.5],
])('tokens of %j merge into those most like them, a share of %f', async (places, share) => {
  const length = places.height * places.width * WIDTH;
  const [x, tokens] = [noise(places.batch * length, 1), noise(places.batch * length, 2)];
  const { merged, back } = await run(x, tokens, places, share);
  for (let i = 0; i < places.batch; i++) {
    const part = (of: Float32Array) => of.subarray(i * length, (i + 1) * length);
    const wanted = expected(part(x), part(tokens), places, share);
    part(back).forEach((value, k) => {
      expect(value).toBeCloseTo(wanted[k]!, 5);
    });
  }
  expect(merged.length).toBeLessThan(back.length);
});

test('tokens that are alike come back as they were, and with so small a share that none merges all do', async () => {
  const places = { batch: 1, height: 4, width: 4 };
  const blocks = Float32Array.from({ length: 16 * WIDTH }, (_, i) => {
    const token = Math.floor(i / WIDTH);
    const block = 2 * Math.floor(token / 8) + Math.floor((token % 4) / 2);
    return Number(i % WIDTH === block);
  });
  const { merged, back } = await run(blocks, blocks, places, 0.75);
  expect(back).toEqual(blocks);
  expect(merged).toHaveLength(blocks.length / 4);
  expect((await run(blocks, noise(64, 3), places, 0.05)).back).toEqual(noise(64, 3));
});
