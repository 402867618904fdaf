import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DeviceError } from '../../../src/engine/errors.ts';
import { FUSED_OPERATORS } from '../../../src/engine/graph/device-profile.ts';
import { CPU, type Device, type Precision } from '../../../src/engine/runtime/device.ts';
import { openDevice, type Probe } from '../../../src/engine/runtime/devices.ts';
import { fusedFault } from '../../../src/engine/runtime/fused-check.ts';
import { profilesOf, WEBGPU_LEAST_BINDING } from '../../../src/engine/runtime/profiles.ts';
import {
  attentionFault,
  largestValue,
  matmulSeconds,
  selfCheck,
} from '../../../src/engine/runtime/self-check.ts';

/** What works on a provider, by attention and compute type (`fused F16`), its speed over the CPU's, its largest value. */
interface Accelerator {
  readonly right?: readonly string[];
  readonly speed?: number;
  /** Milliseconds that each of its measurements takes longer; none when the list is at its end. */
  readonly waits?: number[];
  readonly largest?: number;
  /** What is wrong with its fused operators, by name. */
  readonly fused?: Readonly<Record<string, string>>;
  /** Fused operators that do not run. */
  readonly failing?: readonly string[];
  /** What the loader says; then nothing loads. */
  readonly missing?: string;
}

const ALL = ['fused F16', 'plain F16', 'fused F32', 'plain F32'];

/** A machine with these providers; `measured` grows with each measurement of speed. */
function machine(providers: Readonly<Record<string, Accelerator>>, measured: string[] = []): Probe {
  const loaded = <T>(name: string, value: T): Promise<T> => {
    if (name !== 'cpu' && providers[name]?.right === undefined) {
      const why = providers[name]?.missing ? 'Failed to load shared library' : 'no adapter';
      return Promise.reject(new DeviceError(`${name} does not load: ${why}`));
    }
    return Promise.resolve(value);
  };
  return {
    prepare: () => undefined,
    providers: () => ['cpu', ...Object.keys(providers)],
    attentionFault: ({ name, profile }: Device) => {
      const way = `${profile.attention} ${profile.compute}`;
      return loaded(
        name,
        providers[name]?.right?.includes(way) ? undefined : `${name}: ${way} is wrong by 0.4`,
      );
    },
    fusedFault: ({ name }: Device, operator) =>
      providers[name]?.failing?.includes(operator)
        ? Promise.reject(new DeviceError(`${operator} failed on ${name}`))
        : Promise.resolve(providers[name]?.fused?.[operator]),
    matmulSeconds: ({ name }: Device, side: number) => {
      measured.push(`${name} ${side}`);
      const { speed = 1, waits } = providers[name] ?? {};
      return loaded(name, (side / 1024) ** 3 / speed + (waits?.shift() ?? 0) / 1000);
    },
    largestValue: ({ name, profile }: Device) =>
      loaded(name, providers[name]?.largest ?? profile.largestValue),
    loaderCause: (name) => providers[name]?.missing,
  };
}

const open = (name: string, providers: Readonly<Record<string, Accelerator>>, precision?: Precision) =>
  openDevice(name, precision, machine(providers));

test('an operator that a device does not have fails its check there, which names it', async () => {
  for (const operator of FUSED_OPERATORS)
    await expect(fusedFault(CPU, operator)).rejects.toThrow(new RegExp(`cpu.*${operator}`, 's'));
});

describe('the device that is chosen', () => {
  test('is the CPU where it is asked for, without any trial', async () => {
    expect(await open('cpu', { cuda: { right: ALL, speed: 50 } })).toBe(CPU);
  });

  test('is the preferred accelerator that works, in half precision', async () => {
    const found = await open('auto', { webgpu: { right: ALL, speed: 9 }, cuda: { right: ALL, speed: 50 } });
    expect(found).toMatchObject({ name: 'cuda', profile: { attention: 'fused', compute: 'F16' } });
    expect(found.reason).toBe("passed its self-check, 50.0 times the CPU's speed");
  });

  test('has those fused operators that compute rightly there, in half precision on CUDA alone', async () => {
    const fusedOf = async (...args: Parameters<typeof open>) => [
      ...((await open(...args)).profile.fused ?? []),
    ];
    const cuda = { right: ALL, speed: 9 };
    expect(await fusedOf('cuda', { cuda })).toEqual([...FUSED_OPERATORS]);
    expect(await fusedOf('cuda', { cuda }, 'f32')).toEqual([]);
    expect(await fusedOf('webgpu', { webgpu: cuda })).toEqual([]);
    const partly = {
      ...cuda,
      fused: { GroupNorm: 'GroupNorm of 2×320 is wrong by 0.4' },
      failing: ['NhwcConv'],
    };
    const found = await open('auto', { cuda: partly });
    expect([...found.profile.fused!]).toEqual(['SkipGroupNorm', 'BiasSplitGelu']);
    expect(found.reason).toBe(
      "passed its self-check, 9.0 times the CPU's speed; without GroupNorm: GroupNorm of 2×320 is wrong by 0.4; " +
        'without NhwcConv: NhwcConv failed on cuda',
    );
  });

  test('is not used after a fused operator has taken it down', async () => {
    const probe = machine({ cuda: { right: ALL, speed: 9, failing: ['GroupNorm'] } });
    let isDown = false;
    const taken: Probe = {
      ...probe,
      fusedFault: (device, operator) => {
        isDown ||= operator === 'GroupNorm';
        return probe.fusedFault(device, operator);
      },
      attentionFault: (device) =>
        isDown ? Promise.reject(new DeviceError('cuda: CUDA failure 700')) : probe.attentionFault(device),
    };
    await expect(openDevice('cuda', 'auto', taken)).rejects.toThrow('CUDA failure 700');
  });

  test('is WebGPU before CoreML', async () => {
    const found = await open('auto', { coreml: { right: ALL, speed: 9 }, webgpu: { right: ALL, speed: 9 } });
    expect(found.name).toBe('webgpu');
  });

  test.for([
    [['plain F16', 'plain F32'], 'plain F16'],
    [['fused F32', 'plain F32'], 'fused F32'],
    [['plain F32'], 'plain F32'],
  ] as const)('computes in the best way that is right: of %s in %s', async ([right, best]) => {
    const { profile } = await open('auto', { webgpu: { right, speed: 9 } });
    expect(`${profile.attention} ${profile.compute}`).toBe(best);
  });

  test.for([
    ['f16', 'F16'],
    ['f32', 'F32'],
  ] as const)('computes in the precision %s if it is asked for', async ([precision, compute]) => {
    for (const name of ['cuda', 'auto'])
      expect((await open(name, { cuda: { right: ALL, speed: 9 } }, precision)).profile.compute).toBe(compute);
    expect((await open('cpu', {}, precision)).profile.compute).toBe(compute);
    const wrong = open('cuda', { cuda: { right: ALL.filter((way) => !way.endsWith(compute)) } }, precision);
    await expect(wrong).rejects.toThrow(`cuda: fused ${compute} is wrong by 0.4; cuda: plain ${compute}`);
  });

  test('names what was refused, and why, beside what was taken', async () => {
    const found = await open('auto', {
      cuda: { missing: 'libcublasLt.so.13: cannot open shared object file' },
      dml: { right: ALL, speed: 0.5 },
      webgpu: { right: ALL, speed: 9 },
    });
    expect(found.name).toBe('webgpu');
    expect(found.reason).toBe(
      "passed its self-check, 9.0 times the CPU's speed; refused: cuda does not load: Failed to load shared library: " +
        "libcublasLt.so.13: cannot open shared object file; refused: dml: only 0.5 times the CPU's speed",
    );
  });

  test('is not one that computes wrongly, does not load or is slower than the CPU', async () => {
    const found = await open('auto', {
      cuda: {},
      dml: { right: [], speed: 9 },
      webgpu: { right: ALL, speed: 0.2 },
    });
    expect(found.name).toBe('cpu');
    expect(found.reason).toBe(
      'no accelerator is better (cuda does not load: no adapter; ' +
        'dml: fused F16 is wrong by 0.4; dml: plain F16 is wrong by 0.4; ' +
        'dml: fused F32 is wrong by 0.4; dml: plain F32 is wrong by 0.4; ' +
        'webgpu: slower than the CPU: 78 against 16 ms)',
    );
    expect((await open('auto', {})).reason).toBe('no accelerator is better (none was found)');
  });

  test('is not a software driver, which small matrices tell before large ones take its time', async () => {
    const measured: string[] = [];
    const probe = machine({ webgpu: { right: ALL, speed: 0.04 } }, measured);
    const refused = await openDevice('auto', 'auto', {
      ...probe,
      attentionFault: () => expect.unreachable('the self-check takes as long'),
      largestValue: () => expect.unreachable('so do large values'),
    });
    expect(refused.name).toBe('cpu');
    expect(refused.reason).toBe('no accelerator is better (webgpu: slower than the CPU: 391 against 16 ms)');
    expect(measured).toEqual(['webgpu 256', 'cpu 256', 'webgpu 256']);
  });

  test.for([
    ['loses some time on every launch', [25, 25]],
    ['is held up once by a busy machine', [400]],
  ] as const)('is a card that %s, if it is faster on large matrices', async ([, waits]) => {
    const found = await open('auto', { cuda: { right: ALL, speed: 50, waits: [...waits] } });
    expect(found.name).toBe('cuda');
  });

  test('writes graphs by the largest value that was measured', async () => {
    const { profile } = await open('webgpu', { webgpu: { right: ALL, largest: 2 ** 29 } });
    expect(profile).toMatchObject({ largestValue: 2 ** 29, scoreBytes: WEBGPU_LEAST_BINDING });
  });

  test('is the named one however slow', async () => {
    const found = await open('webgpu', { webgpu: { right: ALL, speed: 0.1 } });
    expect(found).toMatchObject({ name: 'webgpu', reason: 'chosen by name' });
  });

  test('is never another than the named one, whose loader says why once', async () => {
    const missing = 'libcudnn.so.9: cannot open shared object file';
    const opening = open('cuda', { cuda: { missing }, webgpu: { right: ALL } });
    await expect(opening).rejects.toThrow(DeviceError);
    await expect(opening).rejects.toThrow(
      new DeviceError(`cuda does not load: Failed to load shared library: ${missing}`),
    );
  });

  test('has one of the known names', async () => {
    await expect(openDevice('gpu')).rejects.toThrow(/DEVICE "gpu" is not one of auto, cpu, cuda/);
  });
});

describe('what cannot be opened here says why', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  test.skipIf(process.platform !== 'linux')('CUDA: in the words of the loader', async () => {
    vi.stubEnv('XDG_CACHE_HOME', join(tmpdir(), 'nothing-is-installed-here'));
    await expect(openDevice('cuda')).rejects.toThrow(/cannot open shared object file/);
  });
});

describe('the self-check', () => {
  test.for(['f32', 'f16'] as const)('finds every attention of the CPU right in %s', async (precision) => {
    for (const profile of profilesOf('cuda', precision)) {
      const device: Device = { ...CPU, profile };
      const results = [];
      for await (const result of selfCheck(device)) results.push(result);
      expect(results.map(({ name }) => name)).toEqual([
        'self-attention, heads of 40',
        'self-attention, heads of 64',
        'self-attention, heads of 128',
        'cross-attention, heads of 64',
        'causal attention, heads of 64',
        'biased attention, heads of 64',
        'self-attention, head of 512',
        'convolution',
      ]);
      const most = precision === 'f32' ? 3e-6 : 5e-3;
      for (const { error } of results) expect(error).toBeLessThan(most);
      if (precision === 'f16') expect(Math.max(...results.map(({ error }) => error))).toBeGreaterThan(1e-4);
      expect(await attentionFault(device)).toBeUndefined();
    }
  });

  test('measures a time', async () => {
    expect(await matmulSeconds(CPU, 64)).toBeGreaterThan(0);
  });

  test('finds values of every size whole on the CPU', async () => {
    const limited: Device = { ...CPU, profile: { ...CPU.profile, largestValue: 2 ** 20 } };
    expect(await largestValue(limited, [2 ** 21, 2 ** 22])).toBe(2 ** 22);
    expect(await largestValue(CPU)).toBe(Infinity);
  });
});
