import { describe, expect, test } from 'vitest';
import { CheckpointError, DeviceError, TaskTooLargeError } from '../../../src/engine/errors.ts';
import { tradesMemory, withLeastMemory } from '../../../src/engine/graph/device-profile.ts';
import type { NetworkGraph } from '../../../src/engine/graph/graph.ts';
import { CPU, type Device } from '../../../src/engine/runtime/device.ts';
import { ModelCache } from '../../../src/engine/runtime/model-cache.ts';

/** A network that takes so many bytes, a part of them only while it runs. */
function graph(name: string, bytes: number, activationBytes = bytes / 2): NetworkGraph {
  const empty = {
    model: new Uint8Array(),
    weightFolder: '',
    inputs: [],
    outputs: [],
    flops: 0,
    heldBytes: 0,
    largestValue: 0,
  };
  const runs = ['decoder', 'upscaler'].includes(name) ? 'pictures' : 'steps';
  const scratch = name === 'decoder' ? 'SYSTEM' : 'ARENA';
  return { ...empty, name, runs, scratch, weightBytes: bytes - activationBytes, activationBytes };
}

/** A cache that notes what it loads, runs and releases. */
function noted({ memoryLimit = 100, device = CPU } = {}) {
  const events: string[] = [];
  const cache = new ModelCache({
    device,
    memoryLimit,
    load: (built) => {
      events.push(`+${built.name}`);
      if (built.name === 'broken') return Promise.reject(new DeviceError('does not load'));
      return Promise.resolve({
        graph: built,
        run: () => {
          events.push(built.name);
          return Promise.resolve({});
        },
        release: () => {
          events.push(`-${built.name}`);
          return Promise.resolve();
        },
      });
    },
  });
  const open = (path: string, name: string, bytes: number) =>
    cache.open({ checkpoint: { path }, name, build: () => graph(name, bytes) });
  return { cache, events, open };
}

describe('the model cache', () => {
  test('loads a network once', async () => {
    const { events, open } = noted();
    expect(await open('m', 'unet', 60)).toBe(await open('m', 'unet', 60));
    expect(events).toEqual(['+unet']);
  });

  test('has what is made of weights made once for networks of every size, counts it once, and forgets it with the last', async () => {
    const values = (id: string, bytes: number) => ({
      id,
      names: { bytes: `${id} bytes` },
      graph: { ...graph(id, 0), outputs: [{ name: 'bytes', dtype: 'I8' as const, shape: [bytes] }] },
    });
    const made: string[] = [];
    const cache = new ModelCache({
      device: CPU,
      memoryLimit: 100,
      load: async (built, _device, weights) => {
        await weights?.feedsOf(built, ({ name }) => {
          made.push(name);
          return Promise.resolve({});
        });
        return { graph: built, run: () => Promise.resolve({}), release: () => Promise.resolve() };
      },
    });
    const open = (
      name: string,
      variant: string,
      bytes: number,
      prepared = [values('a', 20), values('b', 10)],
    ) =>
      cache.open({
        ...{ checkpoint: { path: 'm' }, name, variant },
        build: () => ({ ...graph(name, bytes), prepared }),
      });
    await open('small', 'bytes', 10);
    await open('large', 'bytes', 20);
    expect(made).toEqual(['a', 'b']);
    expect(cache.bytes).toBe(10 + 20 + 30);
    await open('other', 'lora bytes', 70, []);
    expect(cache.bytes).toBe(70);
    await open('small', 'bytes', 10, [values('a', 20)]);
    expect(made).toEqual(['a', 'b', 'a']);
    expect(cache.bytes).toBe(70 + 10 + 20);
  });

  test('holds the same weights once in the memory of a device, whatever adapters add to them', async () => {
    const onDevice: Device = { ...CPU, profile: { ...CPU.profile, weights: 'device' } };
    for (const [device, released] of [
      [CPU, []],
      [onDevice, ['-unet']],
    ] as const) {
      const { cache, events, open } = noted({ device });
      await open('other', 'unet', 20);
      await open('m', 'unet', 20);
      await open('m', 'clip', 20);
      const source = {
        checkpoint: { path: 'm' },
        name: 'unet',
        variant: 'a',
        build: () => graph('lora', 20),
      };
      await cache.open(source);
      expect(events).toEqual(['+unet', '+unet', '+clip', ...released, '+lora']);
    }
  });

  test('builds what passes through a device once, however often it comes back, until its file changes', async () => {
    const profile = { ...withLeastMemory(CPU.profile), weights: 'device' as const };
    const { cache, events } = noted({ device: { ...CPU, profile } });
    const built: string[] = [];
    const open = (name: string, passes: boolean) =>
      cache.open({
        checkpoint: { path: 'm' },
        ...{ name, passes, stays: !passes },
        build: () => {
          built.push(name);
          return { ...graph(name, 60), heldBytes: 30 };
        },
      });
    const first = await open('part', true);
    await open('other', false);
    expect(await open('part', true)).toBe(first);
    await (await open('part', true)).run({});
    await open('other', false);
    await open('part', true);
    expect(built).toEqual(['part', 'other', 'other']);
    expect(events).toEqual(['+part', '-part', '+other', '-other', 'part', '-part', '+other', '-other']);
    expect(cache.bytes).toBe(60);
    await cache.forget('m');
    expect(await open('part', true)).not.toBe(first);
  });

  test('releases the least recently used first, before it loads, and only as many as it must', async () => {
    const { cache, events, open } = noted();
    await open('m', 'clip', 20);
    await open('m', 'encoder', 30);
    await open('m', 'unet', 40);
    await open('m', 'clip', 20);
    await open('m', 'decoder', 40);
    expect(events).toEqual(['+clip', '+encoder', '+unet', '-encoder', '+decoder']);
    expect(cache.bytes).toBe(100);
  });

  test('loads a network beyond the limit, alone', async () => {
    const { cache, events, open } = noted();
    await open('m', 'clip', 20);
    await open('m', 'flux', 500);
    expect(events).toEqual(['+clip', '-clip', '+flux']);
    await open('m', 'clip', 20);
    expect(events.slice(3)).toEqual(['-flux', '+clip']);
    expect(cache.bytes).toBe(20);
  });

  test('trades memory for speed only where a network leaves half of the memory to others', async () => {
    for (const [memoryLimit, ways] of [
      [100, ['tiles', 'tiles']],
      [99, ['plain', 'tiles']],
    ] as const) {
      const { cache, events } = noted({ memoryLimit });
      const open = (path: string, activationBytes: number) =>
        cache.open({
          checkpoint: { path },
          name: 'unet',
          build: (profile) =>
            tradesMemory(profile) ? graph('tiles', 60, activationBytes) : graph('plain', 60, 30),
        });
      await open('large', 50);
      await open('small', 30);
      expect(events.filter((event) => event.startsWith('+'))).toEqual(ways.map((way) => `+${way}`));
      const source = { checkpoint: { path: 'large' }, name: 'unet', build: () => graph('tiles', 60, 50) };
      expect(cache.runBytes(source)).toBe(ways[0] === 'tiles' ? 50 : 30);
    }
  });

  test('tells apart checkpoints and lists them by use', async () => {
    const { cache, open } = noted();
    await open('a', 'unet', 10);
    await open('b', 'unet', 10);
    await open('a', 'clip', 10);
    expect(cache.loaded).toEqual(['b', 'a']);
    await open('b', 'unet', 10);
    expect(cache.loaded).toEqual(['a', 'b']);
  });

  test('forgets what did not load, and tries again', async () => {
    const { cache, events, open } = noted();
    await expect(open('m', 'broken', 10)).rejects.toThrow(DeviceError);
    await expect(open('m', 'broken', 10)).rejects.toThrow(DeviceError);
    expect(events).toEqual(['+broken', '+broken']);
    expect(cache.bytes).toBe(0);
  });

  test('releases the networks of one checkpoint alone when its file has changed', async () => {
    const { cache, events, open } = noted();
    await open('a', 'clip', 10);
    await open('b', 'clip', 10);
    await open('a', 'unet', 10);
    await cache.forget('a');
    expect(events.slice(3)).toEqual(['-clip', '-unet']);
    expect(cache.loaded).toEqual(['b']);
  });

  test('keeps everything when a network cannot be built', async () => {
    const { cache, open } = noted();
    await open('m', 'unet', 60);
    const opening = cache.open({
      checkpoint: { path: 'm' },
      name: 'vae',
      build: () => {
        throw new CheckpointError('"key" is missing');
      },
    });
    await expect(opening).rejects.toThrow(CheckpointError);
    expect(cache.bytes).toBe(60);
  });

  describe('opening ahead', () => {
    const sources = (...sizes: [name: string, bytes: number][]) =>
      sizes.map(([name, bytes]) => ({
        checkpoint: { path: 'm' },
        name,
        build: () => graph(name, bytes),
      }));

    test('loads what has room at once, in the order of need, and drives out only what others used', async () => {
      const { cache, events, open } = noted();
      await open('other', 'unet', 60);
      await cache.openAhead(sources(['clip', 20], ['encoder', 30], ['unet', 40], ['decoder', 50]));
      expect(events).toEqual(['+unet', '+clip', '-unet', '+encoder', '+unet']);
      await open('m', 'decoder', 50);
      expect(events.slice(5)).toEqual(['-clip', '-encoder', '+decoder']);
    });

    test('leaves a network alone that is larger than all the room', async () => {
      const { cache, events, open } = noted();
      await cache.openAhead(sources(['clip', 20], ['flux', 500], ['decoder', 10]));
      expect(events).toEqual(['+clip']);
      await open('m', 'flux', 500);
      expect(events.slice(1)).toEqual(['-clip', '+flux']);
    });

    test('keeps what is loaded already, as the latest used', async () => {
      const { cache, events, open } = noted();
      await open('m', 'clip', 20);
      await open('other', 'unet', 60);
      await cache.openAhead(sources(['clip', 20], ['unet', 50]));
      expect(events).toEqual(['+clip', '+unet', '-unet', '+unet']);
    });

    test('says at once what is wrong with a network, even if it would be loaded later', async () => {
      const { cache } = noted();
      const damaged = {
        checkpoint: { path: 'm' },
        name: 'vae',
        build: () => {
          throw new CheckpointError('"key" is missing');
        },
      };
      await expect(cache.openAhead([...sources(['flux', 500]), damaged])).rejects.toThrow(CheckpointError);
    });
  });

  const MB = 2 ** 20;

  test('lets sessions give back what their runs took before it is too much together', async () => {
    const { cache, events } = noted({ memoryLimit: 4000 * MB });
    const open = (name: string, size: number) =>
      cache.open({ checkpoint: { path: 'm' }, name, build: () => graph(name, size * MB, size * MB) });
    const clip = await open('clip', 20);
    const unet = await open('unet', 300);
    const decoder = await open('decoder', 600);
    for (const session of [clip, unet, unet, decoder, unet]) await session.run({});
    // The decoder keeps nothing after its run.
    expect(events.slice(3)).toEqual(['clip', 'unet', 'unet', '-clip', '-unet', 'decoder', 'unet']);
    expect(cache.loaded).toEqual(['m']);
  });

  test('keeps the arenas of small pictures between tasks, and gives back those of large ones', async () => {
    const { cache, events } = noted({ memoryLimit: 4000 * MB });
    const open = (path: string, name: string, size: number) =>
      cache.open({ checkpoint: { path }, name, build: () => graph(name, size * MB, size * MB) });
    const unet = await open('small', 'unet', 100);
    const small = await open('small', 'upscaler', 200); // 330 MB of arena
    for (const session of [unet, small]) await session.run({});
    await cache.rest();
    expect(events.slice(2)).toEqual(['unet', 'upscaler']);
    const large = await open('large', 'upscaler', 500); // 825 MB of arena
    for (const session of [large, large]) await session.run({});
    expect(events.slice(4)).toEqual(['+upscaler', '-unet', '-upscaler', 'upscaler', 'upscaler']);
    await cache.rest();
    expect(events.slice(9)).toEqual(['-upscaler']);
  });

  test('lets networks that take turns in a run keep theirs beside each other', async () => {
    const { cache, events } = noted({ memoryLimit: 4000 * MB });
    const open = (name: string, alternates?: boolean) =>
      cache.open({
        checkpoint: { path: 'm' },
        name,
        ...(alternates && { alternates }),
        build: () => graph(name, 600 * MB, 600 * MB),
      });
    const [whole, shallow] = [await open('whole', true), await open('shallow', true)];
    const other = await open('other');
    for (const session of [whole, shallow, whole, other, shallow]) await session.run({});
    expect(events.slice(3)).toEqual([
      ...['whole', 'shallow', 'whole'],
      ...['-shallow', '-whole', 'other', '-other', 'shallow'],
    ]);
  });

  test('lets an accelerator keep what its runs took', async () => {
    const { cache, events } = noted({ memoryLimit: 4000 * MB, device: { ...CPU, name: 'cuda' } });
    for (const name of ['unet', 'decoder']) {
      const session = await cache.open({
        checkpoint: { path: 'm' },
        name,
        build: () => graph(name, 600 * MB, 600 * MB),
      });
      await session.run({});
    }
    expect(events).toEqual(['+unet', 'unet', '+decoder', 'decoder']);
  });

  describe('on an accelerator', () => {
    const device: Device = {
      name: 'webgpu',
      profile: { ...CPU.profile, weights: 'device', largestValue: 128 * MB },
      reason: '',
    };
    const source = (facts: Partial<NetworkGraph>) => ({
      checkpoint: { path: 'm' },
      name: 'vae',
      build: () => ({ ...graph('vae', 90, 30), ...facts }),
    });

    test('counts the weights by what is really held', async () => {
      const { cache } = noted({ device });
      await cache.open(source({ heldBytes: 25 }));
      expect(cache.bytes).toBe(25 + 30);
    });

    test('leaves no room to a network whose values would be cut, and never loads one', async () => {
      const { cache, events } = noted({ device, memoryLimit: 1000 });
      expect(cache.leavesRoom(source({ largestValue: 128 * MB }))).toBe(true);
      const tooLarge = { ...source({ largestValue: 129 * MB }), name: 'other' };
      expect(cache.leavesRoom(tooLarge)).toBe(false);
      for (const opening of [cache.open(tooLarge), cache.openAhead([tooLarge])]) {
        await expect(opening).rejects.toThrow(TaskTooLargeError);
        await expect(opening).rejects.toThrow(
          'vae has values of 129 MB at this size, webgpu returns at most 128 MB: choose a smaller size',
        );
      }
      expect(events).toEqual([]);
    });
  });

  test('releases everything when it is cleared', async () => {
    const { cache, events, open } = noted();
    await open('m', 'clip', 20);
    await open('m', 'unet', 40);
    await cache.clear();
    expect(events.slice(2)).toEqual(['-clip', '-unet']);
    expect(cache.loaded).toEqual([]);
  });
});
