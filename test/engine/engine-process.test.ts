import { describe, expect, test } from 'vitest';
import { environmentFor } from '../../src/engine/engine-process.ts';
import { stoppingTime } from '../../src/engine/host.ts';

describe('the environment of an engine process', () => {
  test('counts cards as nvidia-smi does, unless told otherwise', () => {
    expect(environmentFor(undefined, {})['CUDA_DEVICE_ORDER']).toBe('PCI_BUS_ID');
    expect(environmentFor(1, { CUDA_DEVICE_ORDER: 'FASTEST_FIRST' })['CUDA_DEVICE_ORDER']).toBe(
      'FASTEST_FIRST',
    );
  });

  test('has malloc use huge pages and keep no large block that is free, unless the environment decides', () => {
    const { GLIBC_TUNABLES, MALLOC_MMAP_THRESHOLD_ } = environmentFor(undefined, {});
    expect([GLIBC_TUNABLES, MALLOC_MMAP_THRESHOLD_]).toEqual(['glibc.malloc.hugetlb=1', '2097152']);
    const own = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0', MALLOC_MMAP_THRESHOLD_: '1048576' };
    expect(environmentFor(undefined, own)).toMatchObject(own);
  });

  test.for<[number | undefined, string | undefined, string | undefined]>([
    [undefined, undefined, undefined],
    [undefined, '2,3', '2,3'],
    [1, undefined, '1'],
    [1, '2, 3', '3'],
    [0, 'GPU-8932f937', 'GPU-8932f937'],
    [2, '2,3', ''],
    [0, '', ''],
  ])('shows card %s of those that CUDA_VISIBLE_DEVICES=%s shows: %s', ([index, visible, shown]) => {
    const own = visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible };
    expect(environmentFor(index, own)['CUDA_VISIBLE_DEVICES']).toBe(shown);
  });
});

test('a task on an accelerator has longer to stop before its process is killed', () => {
  expect(stoppingTime('cpu')).toBe(1000);
  expect(stoppingTime('cuda')).toBeGreaterThanOrEqual(5000);
  expect(stoppingTime('webgpu')).toBeLessThanOrEqual(10_000);
});
