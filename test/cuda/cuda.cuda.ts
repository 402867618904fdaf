import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/engine/index.ts';
import { CUDA_LIBRARIES } from '../../src/setup/cuda-libraries.ts';
import { CUDA_PIN } from '../../src/setup/cuda-pin.ts';
import { realSizeCheckpoint } from '../engine/checkpoint/real-size.ts';
import { goldenModels } from '../engine/pipeline/golden-models.ts';
import { buildStandIn } from './stand-in.ts';
import type { Load } from './step.ts';

const run = promisify(execFile);

/** A copy of this program that has the ONNX Runtime of the pinned provider, in a folder of its own. */
let place: string;
let golden: Awaited<ReturnType<typeof goldenModels>>;
beforeAll(async () => {
  golden = await goldenModels();
  place = await mkdtemp(join(tmpdir(), 'latentql-cuda-'));
  await writeFile(join(place, 'package.json'), '{"private":true,"type":"module"}');
  await run(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', `onnxruntime-node@${CUDA_PIN.runtimeVersion}`],
    {
      cwd: place,
    },
  );
  const [theirs, ours] = [join(place, 'node_modules'), resolve('node_modules')];
  const own = new Set(await readdir(theirs));
  for (const name of await readdir(ours))
    if (!own.has(name)) await symlink(join(ours, name), join(theirs, name));
  for (const name of ['src', 'bin', 'assets', 'test/cuda', 'package.json'])
    await cp(name, join(place, name), { recursive: true });
  await mkdir(join(place, 'stand-in'));
}, 600_000);
afterAll(async () => {
  await golden.remove();
  await rm(place, { recursive: true });
});

const environment = (libraries: string): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_CACHE_HOME: join(place, 'cache'),
  LD_LIBRARY_PATH: libraries,
});

/** Runs a script of the copy. Its log goes to a file: what the runtime itself writes into a full pipe is lost. */
async function script(args: readonly string[], env: NodeJS.ProcessEnv) {
  const log = join(place, 'log');
  const file = await open(log, 'w');
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    ...{ cwd: place, env, stdio: ['ignore', 'pipe', file.fd] },
  });
  const [output, [code]] = await Promise.all([
    text(child.stdout!),
    once(child, 'close') as Promise<[number]>,
  ]);
  await file.close();
  return { output, errors: await readFile(log, 'utf8'), code };
}

/** Networks of a family. */
const NETWORKS = { sd15: 4, sdxl: 5, flux: 5 };

/** Ways to write them: with attention fused or plain, in half precision also with the other fused operators. */
const WAYS = { f16: 3, f32: 2 };

const provider = () => join(place, 'cache/latentql/cuda/libonnxruntime_providers_cuda.so');

test('setup cuda downloads the provider that fits, names each library that is missing, and what the loader says', async () => {
  const { output, errors, code } = await script(['bin/latentql.cjs', 'setup', 'cuda'], environment(''));
  expect(errors).toMatch(/ 100 %\n$/);
  for (const { file } of CUDA_LIBRARIES) expect(output).toContain(`${file}: `);
  expect(output).toMatch(/libcudnn\.so\.9: missing: pip install nvidia-cudnn-cu13/);
  expect(output).toMatch(/cuda does not open: .*lib\w+\.so\.\d+: cannot open shared object file/);
  expect(code).toBe(1);
}, 600_000);

describe('The CUDA provider over a runtime that computes nothing', () => {
  beforeAll(async () => {
    await buildStandIn(provider(), join(place, 'stand-in'));
  });

  test('is refused by the self-check, which says what is wrong', async () => {
    const env = environment(join(place, 'stand-in'));
    const { output } = await script(
      ['bin/latentql.cjs', 'gpu', 'check', '--device', 'cuda:0', '--json'],
      env,
    );
    const { ok, findings } = JSON.parse(output) as { ok: boolean; findings: Finding[] };
    expect(ok).toBe(false);
    expect(findings.filter(({ part }) => part === 'libraries').every((finding) => finding.ok)).toBe(true);
    expect(findings.find(({ part }) => part === 'provider')?.detail).toMatch(/self-attention.* is wrong by/);
  });

  test('runs each fused operator in every case of its check', async () => {
    const { output, errors, code } = await script(
      ['test/cuda/fused.ts'],
      environment(join(place, 'stand-in')),
    );
    expect(code, errors).toBe(0);
    const cases = output.trim().split('\n');
    for (const [operator, count] of [
      ['GroupNorm', 4],
      ['SkipGroupNorm', 3],
      ['NhwcConv', 5],
      ['BiasSplitGelu', 3],
    ] as const)
      expect(cases.filter((name) => name.startsWith(operator))).toHaveLength(count);
  });

  test.for([
    ['f16', 'sd15'],
    ['f16', 'sdxl'],
    ['f16', 'flux'],
    ['f32', 'sd15'],
    ['f32', 'sdxl'],
    ['f32', 'flux'],
  ] as const)('has a kernel for every node of every network: %s, %s', async ([precision, family]) => {
    const model = { checkpoint: resolve(golden.checkpoint(family)), side: 128, isGuided: family !== 'flux' };
    const env = environment(join(place, 'stand-in'));
    const { output, errors, code } = await script(
      ['test/cuda/networks.ts', precision, JSON.stringify(model)],
      env,
    );
    const networks = output.trim().split('\n');
    expect([code, networks.length]).toEqual([0, NETWORKS[family] * WAYS[precision]]);
    expect(errors.match(/\w+ placed on \[\w+\]/g)).toEqual(
      networks.map(() => 'nodes placed on [CUDAExecutionProvider]'),
    );
  });

  // GPU-bound steps hide the time in which so many calls start; more of them would show on a fast card.
  test.for([
    ['sd15', 726],
    ['sdxl', 1829],
  ] as const)(
    'holds the weights once and little else at 512², and a step starts no more than it did: %s',
    { timeout: 600_000 },
    async ([family, launches]) => {
      const { path } = await realSizeCheckpoint(family);
      const env = { ...environment(join(place, 'stand-in')), STAND_IN_COUNTS: join(place, 'counts') };
      const model = JSON.stringify({ checkpoint: path, side: 512, isGuided: true });
      await rm(env.STAND_IN_COUNTS, { force: true });
      const { output, errors, code } = await script(['test/cuda/step.ts', model], env);
      const loads = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Load);
      expect([code, loads.length], errors).toEqual([0, family === 'sd15' ? 4 : 5]);
      for (const { weightBytes, loadedBytes, grownBytes } of loads) {
        expect(loadedBytes / weightBytes).toBeLessThan(1.05);
        expect(grownBytes).toBe(0);
      }
      const unet = loads.find(({ name }) => name === 'unet')!;
      expect(unet.heldBytes / unet.weightBytes).toBeLessThan(1.35);
      expect(unet.launches).toBeLessThanOrEqual(launches);
      // Beside the values that go in and out, only where parts lie that are joined.
      expect(unet.copiedBytes / unet.valueBytes).toBeLessThan(1.1);
    },
  );

  test('every block of FLUX, at the real width, takes its weights and the same launches: all of them stay below the bounds', async () => {
    const loads: Load[] = [];
    for (const model of ['flux_2_2', 'flux_3_2', 'flux_2_3', 'flux_3_3'] as const) {
      const { path } = await realSizeCheckpoint(model);
      const env = { ...environment(join(place, 'stand-in')), STAND_IN_COUNTS: join(place, 'counts') };
      await rm(env.STAND_IN_COUNTS, { force: true });
      const asked = JSON.stringify({ checkpoint: path, side: 512, isGuided: false });
      const { output, errors, code } = await script(['test/cuda/step.ts', asked, 'steps'], env);
      expect(code, errors).toBe(0);
      loads.push(JSON.parse(output) as Load);
    }
    const [least, double, single, both] = loads as [Load, Load, Load, Load];
    const scratch = ({ heldBytes, loadedBytes }: Load) => heldBytes - loadedBytes;
    for (const load of loads) {
      expect([load.name, load.grownBytes]).toEqual(['flux', 0]);
      expect(Math.abs(scratch(load) - scratch(least))).toBeLessThan(2 ** 16); // of 257 MiB
      expect(load.loadedBytes / load.weightBytes).toBeLessThan(1.05);
    }
    const whole = (of: (load: Load) => number) =>
      of(least) + 17 * (of(double) - of(least)) + 36 * (of(single) - of(least));
    for (const of of [({ launches }: Load) => launches, ({ weightBytes }: Load) => weightBytes])
      expect(of(both) - of(least)).toBe(of(double) - of(least) + (of(single) - of(least)));
    expect(whole(({ launches }) => launches)).toBeLessThanOrEqual(3585); // 769 of them convert a weight
    expect(whole(({ heldBytes }) => heldBytes) / whole(({ weightBytes }) => weightBytes)).toBeLessThan(1.35);
  }, 1_800_000);
});
