import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderWatch, type FolderWatchOptions } from '../../src/models/folder-watch.ts';
import { temporaryFolder } from '../jobs/fixtures.ts';

const NEVER = 2 ** 30;

describe('a watch of folders', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let open: FolderWatch[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    open = [];
  });
  afterEach(async () => {
    for (const watch of open) await watch.close();
    await folder.remove();
  });
  const watchWith = (options: Partial<FolderWatchOptions>) => {
    const look = vi.fn(options.look ?? (() => Promise.resolve(undefined)));
    const watch = new FolderWatch({
      folders: () => [folder.path],
      onError: () => undefined,
      interval: NEVER,
      ...options,
      look,
    });
    open.push(watch);
    return look;
  };
  const looked = (look: ReturnType<typeof watchWith>, times: number) =>
    vi.waitFor(() => {
      expect(look.mock.calls.length).toBeGreaterThanOrEqual(times);
    }, 10_000);

  it('looks when a file comes, goes or is renamed, once for many that come together', async () => {
    const look = watchWith({});
    for (let i = 0; i < 20; i++) await writeFile(join(folder.path, `${i}.safetensors`), 'x');
    await looked(look, 1);
    expect(look.mock.calls.length).toBeLessThan(5);
    const before = look.mock.calls.length;
    await rename(join(folder.path, '1.safetensors'), join(folder.path, 'renamed.safetensors'));
    await looked(look, before + 1);
    await rm(join(folder.path, '2.safetensors'));
    await looked(look, before + 2);
  });

  it('watches the folders that a look has found, and lets go of those that are gone', async () => {
    const inner = join(folder.path, 'inner');
    let folders = [folder.path];
    const look = watchWith({
      folders: () => folders,
      look: () => {
        folders = [folder.path, inner];
        return Promise.resolve(undefined);
      },
    });
    await mkdir(inner);
    await looked(look, 1);
    const before = look.mock.calls.length;
    await vi.waitFor(async () => {
      await writeFile(join(inner, `${performance.now()}.safetensors`), 'x');
      expect(look.mock.calls.length).toBeGreaterThan(before);
    }, 10_000);
  });

  it('looks from time to time where nothing tells of a change', async () => {
    const look = watchWith({ folders: () => ['/nowhere/at/all'], interval: 1 });
    await looked(look, 3);
  });

  it('looks again when a look wants that', async () => {
    let left = 2;
    const look = watchWith({ look: () => Promise.resolve(left-- > 0 ? 1 : undefined) });
    await writeFile(join(folder.path, 'a'), 'x');
    await looked(look, 3);
  });

  it('tells of a look that failed, and goes on', async () => {
    const errors: unknown[] = [];
    const look = watchWith({
      interval: 1,
      look: () => Promise.reject(new Error('no such folder')),
      onError: (error) => errors.push(error),
    });
    await looked(look, 2);
    await vi.waitFor(() => {
      expect(errors.length).toBeGreaterThan(1);
    });
  });

  it('looks one at a time, and waits for the last one when it is closed', async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const look = watchWith({
      interval: 1,
      look: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => release.push(resolve));
        running--;
        return undefined;
      },
    });
    await looked(look, 1);
    await writeFile(join(folder.path, 'a'), 'x');
    release.shift()!();
    await looked(look, 2);
    const closing = open.pop()!.close();
    release.shift()!();
    await closing;
    expect([most, running]).toEqual([1, 0]);
    expect(look.mock.calls.length).toBe(2);
  });
});
