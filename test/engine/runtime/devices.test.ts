import { describe, expect, test } from 'vitest';
import { DeviceError } from '../../../src/engine/errors.ts';
import { CPU, type Device } from '../../../src/engine/runtime/device.ts';
import { openDevice, type Probe } from '../../../src/engine/runtime/devices.ts';
import { attentionError, matmulSeconds } from '../../../src/engine/runtime/self-check.ts';

/** A machine whose providers have these attention errors (fused, plain) and are so many times as fast as its CPU. */
function machine(
  providers: Readonly<Record<string, { fused?: number; plain?: number; speed?: number }>>,
): Probe {
  return {
    providers: () => ['cpu', ...Object.keys(providers)],
    attentionError: ({ name, profile }: Device) => {
      const error = providers[name]?.[profile.attention];
      return error === undefined
        ? Promise.reject(new DeviceError(`${name} has no driver`))
        : Promise.resolve(error);
    },
    matmulSeconds: ({ name }: Device) => Promise.resolve(1 / (providers[name]?.speed ?? 1)),
  };
}

describe('the device that is chosen', () => {
  test('is the CPU where it is asked for, without any trial', async () => {
    expect(await openDevice('cpu', machine({ cuda: { fused: 0, speed: 50 } }))).toBe(CPU);
  });

  test('is the preferred accelerator that works', async () => {
    const found = await openDevice(
      'auto',
      machine({ webgpu: { fused: 0, speed: 9 }, cuda: { fused: 0, speed: 50 } }),
    );
    expect(found).toMatchObject({ name: 'cuda', profile: { attention: 'fused' } });
    expect(found.reason).toBe("passed its self-check, 50.0 times the CPU's speed");
  });

  test('computes attention plainly where the fused kernel is wrong', async () => {
    const found = await openDevice('auto', machine({ webgpu: { fused: 0.4, plain: 1e-6, speed: 9 } }));
    expect(found).toMatchObject({ name: 'webgpu', profile: { attention: 'plain' } });
  });

  test('is not one that computes wrongly, gives NaN, does not load or is slower than the CPU', async () => {
    const found = await openDevice(
      'auto',
      machine({
        cuda: {},
        dml: { fused: 0.4, plain: 0.3 },
        coreml: { fused: NaN, plain: NaN },
        webgpu: { fused: 0, speed: 0.2 },
      }),
    );
    expect(found.name).toBe('cpu');
    expect(found.reason).toBe(
      'no accelerator is better (cuda has no driver; attention on dml is wrong by 0.40 and 0.30; ' +
        "attention on coreml is wrong by NaN and NaN; webgpu: only 0.2 times the CPU's speed)",
    );
  });

  test('is the CPU where there is nothing else', async () => {
    expect((await openDevice('auto', machine({}))).reason).toBe('no accelerator is better (there is none)');
  });

  test('is the named one however slow', async () => {
    const found = await openDevice('webgpu', machine({ webgpu: { fused: 0, speed: 0.1 } }));
    expect(found).toMatchObject({ name: 'webgpu', reason: 'asked for' });
  });

  test('is never another than the named one', async () => {
    const opening = openDevice('cuda', machine({ webgpu: { fused: 0 } }));
    await expect(opening).rejects.toThrow(DeviceError);
    await expect(opening).rejects.toThrow('cuda has no driver');
  });

  test('has one of the known names', async () => {
    await expect(openDevice('gpu')).rejects.toThrow(/DEVICE "gpu" is not one of auto, cpu, cuda/);
  });
});

describe('the self-check', () => {
  test.for(['fused', 'plain'] as const)('finds the %s attention of the CPU right', async (attention) => {
    const device = { ...CPU, profile: { ...CPU.profile, attention } };
    expect(await attentionError(device)).toBeLessThan(2e-6);
  });

  test('measures a time', async () => {
    expect(await matmulSeconds(CPU)).toBeGreaterThan(0);
  });
});
