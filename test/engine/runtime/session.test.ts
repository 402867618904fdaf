import { truncate } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors.ts';
import { DeviceError } from '../../../src/engine/errors.ts';
import { CPU_PROFILE } from '../../../src/engine/graph/device-profile.ts';
import { Graph } from '../../../src/engine/graph/graph.ts';
import { add, cast, gather } from '../../../src/engine/graph/ops.ts';
import { CPU } from '../../../src/engine/runtime/device.ts';
import { openSession, RUNTIME_VERSION } from '../../../src/engine/runtime/session.ts';
import { safetensors, temporaryFile } from '../checkpoint/safetensors-file.ts';

/** Adds row `index` of a small table to x [2]. */
function lookUp() {
  const graph = new Graph('lookup', CPU_PROFILE);
  const x = graph.input('x', 'F32', [2]);
  const row = gather(graph.constant([1, 2, 3, 4], [2, 2]), graph.input('index', 'I64', []));
  return graph.build({ sum: add(x, row), row: cast(row, 'F32') });
}

describe('a session', () => {
  test('takes vectors or lists and gives every output by name', async () => {
    const session = await openSession(lookUp(), CPU);
    expect(await session.run({ x: Float32Array.of(10, 20), index: [1] })).toEqual({
      sum: Float32Array.of(13, 24),
      row: Float32Array.of(3, 4),
    });
    expect((await session.run({ x: [0, 0], index: BigInt64Array.of(0n) }))['sum']).toEqual(
      Float32Array.of(1, 2),
    );
    await session.release();
  });

  test('loads again when it is run after its release', async () => {
    const session = await openSession(lookUp(), CPU);
    await session.release();
    await session.release();
    expect((await session.run({ x: [0, 0], index: [0] }))['sum']).toEqual(Float32Array.of(1, 2));
    await session.release();
  });

  test('names an input that is missing or has the wrong size', async () => {
    const session = await openSession(lookUp(), CPU);
    await expect(session.run({ x: [1, 2] })).rejects.toThrow(
      /lookup: input "index" takes 1 values \[\], got none/,
    );
    await expect(session.run({ x: [1], index: [0] })).rejects.toThrow(
      /input "x" takes 2 values \[2\], got 1/,
    );
    await session.release();
  });

  test('turns what goes wrong in the runtime into a DeviceError', async () => {
    const session = await openSession(lookUp(), CPU);
    const run = session.run({ x: [1, 2], index: [5] });
    await expect(run).rejects.toThrow(DeviceError);
    await expect(run).rejects.toThrow(/lookup failed on cpu: .*out of/);
    await session.release();
  });

  test('reports a checkpoint that shrank since it was opened', async () => {
    const path = await temporaryFile(safetensors({ w: { dtype: 'F32', shape: [64] } }));
    const { tensors } = await readSafetensors(path);
    const graph = new Graph('late', CPU_PROFILE);
    const x = graph.input('x', 'F32', [64]);
    const built = graph.build({ out: add(x, graph.window(tensors.get('w')!, [64])) });
    await truncate(path, 100);
    await expect(openSession(built, CPU)).rejects.toThrow(/late does not load on cpu: /);
  });

  test('knows the version of its runtime', () => {
    expect(RUNTIME_VERSION).toMatch(/^\d+\.\d+\.\d+/);
  });
});
