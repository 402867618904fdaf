import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkModel } from '../../src/engine/checkup/model.ts';
import { Graph } from '../../src/engine/graph/graph.ts';
import { matmul } from '../../src/engine/graph/ops.ts';
import { queryCard, type Finding } from '../../src/engine/index.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { openTracedSession } from '../../src/engine/runtime/trace.ts';
import {
  checkGpu,
  readGpuCheckOptions,
  runChecks,
  showFinding,
  type GpuCheckFlags,
} from '../../src/setup/gpu-check.ts';
import { STARTER } from '../engine/tasks.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentql-gpu-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A driver's program in a folder that is all of PATH; it repeats its first argument behind the answer. */
async function driver(script: string): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, 'nvidia-smi');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { PATH: folder };
}
const RTX = 'NVIDIA GeForce RTX 4090, 580.65.06, 8.9, 24564, 1204';

describe("a card's own memory", () => {
  test('is what the driver says of the first card that CUDA sees', async () => {
    const env = await driver(`[ "$1" = --id=0 ] && echo "${RTX}"`);
    expect(await queryCard(env)).toEqual({
      name: 'NVIDIA GeForce RTX 4090',
      driver: '580.65.06',
      computeCapability: '8.9',
      memoryBytes: 24564 * 2 ** 20,
      memoryUsedBytes: 1204 * 2 ** 20,
    });
    const second = await driver(`[ "$1" = --id=3 ] && echo "${RTX}"`);
    expect(await queryCard({ ...second, CUDA_VISIBLE_DEVICES: '3,1' })).toMatchObject({
      driver: '580.65.06',
    });
  });

  test.each([
    ['echo "No devices were found"; exit 6', /nvidia-smi failed: No devices were found/],
    ['echo "NVIDIA GH200, 580.1, 9.0, [N/A], [N/A]"', /did not report the memory of NVIDIA GH200/],
    ['echo', /did not report the memory of 0/],
  ])('is not known where the driver says: %s', async (script, cause) => {
    await expect(queryCard(await driver(script))).rejects.toThrow(cause);
  });

  test('is not known without a driver, and that is the cause', async () => {
    await expect(queryCard({ PATH: folder })).rejects.toThrow(/NVIDIA's driver is not installed/);
  });
});

describe('gpu check', () => {
  const found = async (flags: GpuCheckFlags) => {
    const findings: Finding[] = [];
    await checkGpu(readGpuCheckOptions(flags), (finding) => findings.push(finding));
    return findings;
  };

  test('of the CPU runs the graphs in half precision, and those of a checkpoint', async () => {
    const findings = await found({ device: 'cpu', checkpoint: STARTER, size: '64' });
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings[0]).toMatchObject({
      part: 'provider',
      detail: expect.stringMatching(/^opens: f16/) as string,
    });
    const count = (part: Finding['part']) => findings.filter((it) => it.part === part).length;
    expect([count('self-check'), count('largest value'), count('speed'), count('network')]).toEqual([
      8, 1, 2, 5,
    ]);
    const unet = findings.find(({ name }) => name.includes('network 0'))!;
    expect(Object.keys(unet.numbers ?? {})).toEqual([
      ...['loadSeconds', 'firstSeconds', 'bestSeconds', 'flopsPerSecond', 'weightBytes', 'heldBytes'],
    ]);
    const { heldBytes, ...others } = unet.numbers ?? {};
    expect(heldBytes).toBe(0); // weights stay in the page cache
    for (const number of Object.values(others)) expect(number).toBeGreaterThan(0);
  }, 60_000);

  test.skipIf(process.platform !== 'linux')(
    'of a card names the driver, each library and the cause for which it does not open',
    async () => {
      vi.stubEnv('PATH', folder);
      const findings = await found({ device: 'cuda:1' });
      expect(findings[0]).toMatchObject({ part: 'driver', name: 'cuda:1', ok: false });
      expect(findings.filter(({ part }) => part === 'libraries').map(({ name }) => name)).toContain(
        'libcudnn.so.9',
      );
      expect(findings.at(-1)).toMatchObject({
        ...{ part: 'provider', name: 'cuda', ok: false },
        detail: expect.stringMatching(/cannot open shared object file/) as string,
      });
    },
    60_000,
  );

  test('shows the driver and the memory of the card that was asked for', async () => {
    const env = await driver(`[ "$1" = --id=GPU-b ] && echo "${RTX}"`);
    vi.stubEnv('PATH', `${env['PATH']!}:${process.env['PATH']!}`);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', 'GPU-a,GPU-b');
    const [first] = await found({ device: 'cuda:1' });
    expect(first).toMatchObject({ ok: true, numbers: { memoryBytes: 24564 * 2 ** 20 } });
    expect(showFinding(first!)).toBe(
      '✓ driver        NVIDIA GeForce RTX 4090: driver 580.65.06, compute capability 8.9, 24564 MB of memory',
    );
  }, 60_000);

  test('fails as a whole if one check fails, in lines and in JSON', async () => {
    const finding = { part: 'speed', name: 'x', ok: true, detail: 'fine' } as const;
    const checks = (ok: boolean) => [
      (report: (it: Finding) => void) => {
        report({ ...finding, ok });
        return Promise.resolve();
      },
    ];
    const lines: string[] = [];
    const run = (json: boolean, ok: boolean) =>
      runChecks({ choice: { device: 'cpu' }, json }, checks(ok), (text) => lines.push(text));
    expect([await run(false, true), await run(false, false), await run(true, false)]).toEqual([0, 1, 1]);
    expect(lines.slice(0, 4)).toEqual([
      '✓ speed         x: fine',
      'all checks passed',
      '✗ speed         x: fine',
      '1 of 1 checks failed',
    ]);
    expect(JSON.parse(lines[4]!)).toEqual({
      device: 'cpu',
      ok: false,
      findings: [{ ...finding, ok: false }],
    });
  });

  test.each([
    [{ device: 'gpu' }, /--device: expected auto, cpu/],
    [{ device: 'cpu,cuda' }, /--device: expected one device/],
    [{ precision: 'bf16' }, /--precision: expected auto, f16, f32, got "bf16"/],
    [{ size: '100' }, /--size: expected a multiple of 64/],
  ])('refuses %j', (flags, cause) => {
    expect(() => readGpuCheckOptions(flags)).toThrow(cause);
  });

  test('names a checkpoint that is not there', async () => {
    const findings = [];
    const model = { checkpoint: join(folder, 'none.safetensors'), side: 64, isGuided: true };
    for await (const finding of checkModel(model, CPU)) findings.push(finding);
    expect(findings).toMatchObject([{ part: 'network', name: 'none.safetensors', ok: false }]);
  });
});

test('a traced session says which operators ran on the CPU, and leaves nothing behind', async () => {
  vi.stubEnv('TMPDIR', folder);
  const graph = new Graph('traced', CPU.profile);
  const x = graph.input('x', 'F32', [2, 2]);
  const session = await openTracedSession(graph.build({ out: matmul(x, x) }), CPU);
  await session.run({ x: [1, 2, 3, 4] });
  expect(await session.operatorsOnCpu()).toEqual(['Identity', 'MatMul']);
  expect((await session.run({ x: [1, 0, 0, 1] }))['out']).toEqual(Float32Array.of(1, 0, 0, 1));
  await session.release();
  expect((await readdir(folder)).filter((name) => name.startsWith('latentql'))).toEqual([]);
});
