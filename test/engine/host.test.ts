import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  CanceledError,
  CheckpointError,
  DeviceError,
  startEngine,
  type Engine,
  type EngineEvent,
  type EngineExit,
  type EngineStatus,
} from '../../src/engine/index.ts';
import { LEAST_PSNR, psnr } from '../conformance/tolerances.ts';
import { STARTER, summary, task } from './tasks.ts';

/** A module that writes a line to either stream. */
const SPEAKING = `data:text/javascript,${encodeURIComponent("console.log('to stdout');console.error('to stderr')")}`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const never = () => new AbortController().signal;

// Processes that come up again and again take their time on a machine that has other things to do.
describe('the engine process', { timeout: 180_000 }, () => {
  let engine: Engine;
  let folder: string;
  /** Home and temporary folder of the first engine process. */
  let home: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latentql-host-'));
    home = await mkdtemp(join(folder, 'home-'));
    for (const name of ['HOME', 'TMPDIR', 'XDG_CACHE_HOME']) vi.stubEnv(name, home);
    // Either would keep ONNX Runtime silent by itself.
    for (const name of ['CI', 'ORT_DISABLE_TELEMETRY']) vi.stubEnv(name, undefined);
    engine = startEngine({ device: 'cpu', memoryLimit: 2 ** 30 });
    await engine.open();
    vi.unstubAllEnvs();
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });

  /** Runs a task and calls `during` at the first sampling step. */
  async function interrupt(steps: number, during: (controller: AbortController) => void): Promise<unknown> {
    const controller = new AbortController();
    let called = false;
    return engine
      .run(task({ steps }), {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type !== 'step' || called) return;
          called = true;
          during(controller);
        },
      })
      .then(
        () => 'finished',
        (error: unknown) => error,
      );
  }

  const processId = async () => (await engine.status()).processId;

  it('reports nothing to the makers of ONNX Runtime, whose uploader would leave files behind', async () => {
    await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(await readdir(home)).toEqual([]);
  });

  it('computes in the precision that it is told, and says so', async () => {
    const half = startEngine({ device: 'cpu', precision: 'f16', memoryLimit: 2 ** 30 });
    try {
      expect((await half.open()).precision).toBe('f16');
      expect((await engine.open()).precision).toBe('f32');
      const pictures = [];
      for (const each of [half, engine]) {
        const { images } = await each.run(task(), { signal: never(), onEvent: () => undefined });
        pictures.push(images[0]!.data);
      }
      const decibels = psnr(pictures[0]!, pictures[1]!);
      expect(decibels).toBeGreaterThan(LEAST_PSNR);
      expect(decibels).toBeLessThan(Infinity);
    } finally {
      await half.close();
    }
  });

  it('passes every stage and step to its parent and returns the pictures', async () => {
    const events: EngineEvent[] = [];
    const { images, timings } = await engine.run(task(), {
      signal: never(),
      onEvent: (event) => events.push(event),
    });
    expect(summary(events)).toEqual([
      'LOADING_MODEL',
      'ENCODING_PROMPT',
      'ENCODING_IMAGE',
      'SAMPLING',
      '1/4',
      '2/4',
      '3/4',
      '4/4',
      'DECODING',
    ]);
    expect(images.map(({ width, height, data }) => [width, height, data.length])).toEqual([
      [128, 128, 128 * 128 * 3],
    ]);
    const { UPSCALING, ...spent } = timings;
    expect([UPSCALING, Object.values(spent).every((milliseconds) => milliseconds > 0)]).toEqual([0, true]);
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.denoised] : []));
    expect(
      steps.map(({ family, channels, height, width, data }) => [
        family,
        channels,
        height,
        width,
        data.length,
      ]),
    ).toEqual(steps.map(() => ['sd15', 4, 16, 16, 4 * 16 * 16]));
    expect((await engine.status()).loaded).toEqual([STARTER]);
  });

  it('makes pictures of the steps that somebody wants to see, and of no others', async () => {
    const seen = async (sizes: readonly number[]) => {
      const widths: (number | undefined)[] = [];
      const tinyDecoder = 'test/golden/next/checkpoints/taesd_decoder.safetensors';
      await engine.run(task({ width: 64, height: 64, image: null, steps: 2, tinyDecoder }), {
        signal: never(),
        onEvent: (event) => {
          if (event.type === 'step') widths.push(event.denoised.pictures?.width);
        },
        viewers: {
          onWish: (listener) => {
            for (const size of sizes) listener({ size, images: 1 });
          },
        },
      });
      return widths;
    };
    expect((await seen([16, 32]))[0]).toBe(32); // the largest
    expect(await seen([])).toEqual([undefined, undefined]); // not because of the task before
  });

  it('gives the same picture for the same task', async () => {
    const run = async () =>
      (await engine.run(task(), { signal: never(), onEvent: () => undefined })).images[0];
    expect(await run()).toEqual(await run());
  });

  it('stops between two steps when asked, and goes on working', async () => {
    const before = await processId();
    const outcome = await interrupt(150, (controller) => {
      controller.abort();
    });
    expect(outcome).toBeInstanceOf(CanceledError);
    expect(await processId()).toBe(before);
  });

  it('stops in the middle of a step when asked to stop now, and comes back as another process', async () => {
    const before = await processId();
    const outcome = await interrupt(150, (controller) => {
      controller.abort('now');
    });
    expect(outcome).toBeInstanceOf(CanceledError);
    const { images } = await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
    expect(await processId()).not.toBe(before);
  });

  it('is killed when it does not come to the end of a step for a long time', async () => {
    const before = await processId();
    const outcome = await interrupt(150, (controller) => {
      process.kill(before!, 'SIGSTOP');
      controller.abort();
    });
    expect(outcome).toBeInstanceOf(CanceledError);
    const { images } = await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
    expect(await processId()).not.toBe(before);
  });

  it('loses only the running task when its process is killed', async () => {
    const victim = await processId();
    const outcome = await interrupt(150, () => process.kill(victim!, 'SIGKILL'));
    expect(outcome).toBeInstanceOf(DeviceError);
    expect((outcome as Error).message).toContain('SIGKILL');
    const { images } = await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
  });

  it('does not start a task that was canceled before', async () => {
    const run = engine.run(task(), { signal: AbortSignal.abort(), onEvent: () => undefined });
    await expect(run).rejects.toBeInstanceOf(CanceledError);
  });

  it('refuses a truncated checkpoint with the tensor and its offset, and goes on working', async () => {
    const path = join(folder, 'truncated.safetensors');
    await copyFile(STARTER, path);
    const file = await open(path, 'r+');
    await file.truncate(10_000_000);
    await file.close();
    const before = await processId();
    const run = engine.run(task({ checkpoint: path }), { signal: never(), onEvent: () => undefined });
    await expect(run).rejects.toThrow(CheckpointError);
    await expect(run).rejects.toThrow(/tensor ".+": ends at byte \d+ of a file of 10000000 bytes/);
    expect(await processId()).toBe(before);
  });

  it('refuses a checkpoint whose numbers are not finite, once and for all, and goes on working', async () => {
    const path = join(folder, 'nan.safetensors');
    await copyFile(STARTER, path);
    await copyFile(STARTER.replace('.safetensors', '.json'), path.replace('.safetensors', '.json'));
    const file = await open(path, 'r+');
    const headerBytes = Number((await file.read(Buffer.alloc(8), 0, 8, 0)).buffer.readBigUInt64LE());
    const header = (await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 8)).buffer.toString('utf8');
    const { data_offsets: offsets } = (
      JSON.parse(header) as Record<string, { data_offsets: [number, number] }>
    )['model.diffusion_model.out.2.bias']!;
    await file.write(Buffer.from([0x00, 0x7e]), 0, 2, 8 + headerBytes + offsets[0]); // NaN as float16
    await file.close();
    const before = (await engine.open()).processId;
    const run = engine.run(task({ checkpoint: path }), { signal: never(), onEvent: () => undefined });
    await expect(run).rejects.toThrow(CheckpointError);
    await expect(run).rejects.toThrow(
      '"model.diffusion_model.out.2.bias" contains numbers that are not finite',
    );
    const { images } = await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
    expect(await processId()).toBe(before);
  });

  it('is replaced after it ran out of memory, so that the next task does not fail, too', async () => {
    const before = (await engine.open()).processId!;
    await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined }); // loads the text encoder
    const kilobytes = Number(/VmSize:\s+(\d+)/.exec(await readFile(`/proc/${before}/status`, 'utf8'))![1]);
    execFileSync('prlimit', ['--pid', String(before), `--as=${(kilobytes + 200 * 1024) * 1024}`]);
    const large = task({ steps: 1, width: 384, height: 384, image: null, denoise: 1 });
    const run = engine.run(large, { signal: never(), onEvent: () => undefined });
    await expect(run).rejects.toThrow(DeviceError);
    await expect(run).rejects.toThrow(/failed on cpu: .*(bad_alloc|Failed to allocate memory)/);
    expect(isAlive(before)).toBe(false);
    const { images } = await engine.run(large, { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
    expect(await processId()).not.toBe(before);
  });

  it('is killed with its task when it hangs, and comes back as another process', async () => {
    const before = (await engine.open()).processId!;
    const started = Date.now();
    const hanging = interrupt(150, () => {
      process.kill(before, 'SIGSTOP');
      void engine.status().then(async ({ state, lastEventAt }) => {
        expect(state).toBe('BUSY');
        expect(lastEventAt).toBeGreaterThanOrEqual(started);
        await engine.kill('no event for ten minutes');
      });
    });
    const outcome = await hanging;
    expect(outcome).toBeInstanceOf(DeviceError);
    expect((outcome as Error).message).toBe('no event for ten minutes');
    expect(isAlive(before)).toBe(false);
    const { images } = await engine.run(task({ steps: 1 }), { signal: never(), onEvent: () => undefined });
    expect(images).toHaveLength(1);
    expect(await engine.status()).toMatchObject({ state: 'IDLE', lastEventAt: null });
  });

  it('opens anew at once after it was killed while idle', async () => {
    const before = (await engine.open()).processId!;
    void engine.kill('a test');
    const { processId, state } = await engine.open();
    expect(processId).not.toBe(before);
    expect(state).toBe('IDLE');
    expect(await engine.open()).toMatchObject({ processId });
  });

  it('says which file is not there', async () => {
    const path = join(folder, 'nowhere.safetensors');
    const run = engine.run(task({ checkpoint: path }), { signal: never(), onEvent: () => undefined });
    await expect(run).rejects.toThrow(CheckpointError);
    await expect(run).rejects.toThrow('nowhere.safetensors: cannot be read: ENOENT');
  });
});

describe('an engine whose device is open', () => {
  it('says which it took, and why', async () => {
    let engine: Engine | undefined;
    const status = await new Promise<EngineStatus>((resolve) => {
      engine = startEngine({ device: 'cpu', memoryLimit: 2 ** 30, onReady: resolve });
    });
    expect(status).toMatchObject({ device: 'cpu', reason: 'chosen by name' });
    expect(status).toEqual(await engine!.status());
    await engine!.close();
  });
});

describe('an engine process that dies', () => {
  /** An engine that is open, and its exits as they come. */
  async function watched() {
    const exits: EngineExit[] = [];
    let exited: (exit: EngineExit) => void;
    const nextExit = new Promise<EngineExit>((resolve) => (exited = resolve));
    const onExit = (exit: EngineExit) => {
      exits.push(exit);
      exited(exit);
    };
    const engine = startEngine({ device: 'cpu', memoryLimit: 2 ** 30, onExit });
    const { processId } = await engine.open();
    return { engine, exits, nextExit, processId: processId! };
  }

  it('while it is idle is reported, and started again by the next open', async () => {
    const { engine, nextExit, processId } = await watched();
    process.kill(processId, 'SIGSEGV');
    const exit = await nextExit;
    expect(exit).toMatchObject({ code: null, signal: 'SIGSEGV', expected: false, while: 'IDLE' });
    const status = await engine.status();
    expect(status).toMatchObject({ state: 'STOPPED', processId: null, residentBytes: 0, interruptions: 1 });
    expect((await engine.open()).processId).not.toBe(processId);
    await engine.close();
  });

  it('by a SIGKILL that nobody here sent has most likely met the end of the memory', async () => {
    const { engine, nextExit, processId } = await watched();
    const run = engine.run(task({ steps: 150 }), {
      signal: never(),
      onEvent: (event) => {
        if (event.type === 'step') process.kill(processId, 'SIGKILL');
      },
    });
    await expect(run).rejects.toThrow(/SIGKILL.*most likely the system ran out of memory/);
    expect(await nextExit).toMatchObject({ signal: 'SIGKILL', expected: false, while: 'BUSY' });
    await engine.close();
  });

  it('because it is closed is expected', async () => {
    const { engine, exits } = await watched();
    await engine.close();
    expect(exits).toEqual([
      { code: null, signal: 'SIGKILL', expected: true, how: 'was killed by SIGKILL', while: 'IDLE' },
    ]);
    expect((await engine.status()).interruptions).toBe(0);
    await expect(engine.open()).rejects.toBeInstanceOf(CanceledError);
  });
});

describe('the output of an engine process', () => {
  it('comes with the stream that it was written to', async () => {
    vi.stubEnv('NODE_OPTIONS', `--import=${SPEAKING}`);
    const lines: [text: string, stream: string][] = [];
    const engine = startEngine({
      device: 'cpu',
      memoryLimit: 2 ** 30,
      onOutput: (text, stream) => lines.push([text, stream]),
    });
    vi.unstubAllEnvs();
    await engine.open();
    await engine.close();
    expect(lines).toEqual(
      expect.arrayContaining([
        ['to stdout', 'stdout'],
        ['to stderr', 'stderr'],
      ]),
    );
  });
});

describe('an engine that is closed', () => {
  it('ends its running task and its process', async () => {
    const engine = startEngine({ device: 'cpu', memoryLimit: 2 ** 30 });
    let run: Promise<unknown> = Promise.resolve();
    await new Promise<void>((sampling) => {
      run = engine.run(task({ steps: 150 }), {
        signal: never(),
        onEvent: (event) => {
          if (event.type === 'step') sampling();
        },
      });
      run.catch(() => undefined); // looked at below
    });
    await engine.close();
    await expect(run).rejects.toBeInstanceOf(CanceledError);
    expect((await engine.status()).state).toBe('STOPPED');
  });
});

describe('an engine for a device that does not exist here', () => {
  it('rejects each open with the reason, after its process has gone', async () => {
    const exits: EngineExit[] = [];
    const engine = startEngine({
      device: 'coreml',
      memoryLimit: 2 ** 30,
      onExit: (exit) => exits.push(exit),
    });
    for (const attempt of [1, 2]) {
      const opening = engine.open();
      await expect(opening).rejects.toThrow(DeviceError);
      await expect(opening).rejects.toThrow(/coreml/i);
      expect(exits).toHaveLength(attempt);
      expect(exits.at(-1)).toMatchObject({ while: 'STARTING' });
      const status = await engine.status();
      expect(status).toMatchObject({ state: 'STOPPED', processId: null });
      expect(status.reason).toMatch(/coreml/i);
    }
    await engine.close();
  });

  it('refuses its first task with the reason', async () => {
    const engine = startEngine({ device: 'coreml', memoryLimit: 2 ** 30 });
    const run = engine.run(task(), { signal: never(), onEvent: () => undefined });
    await expect(run).rejects.toThrow(DeviceError);
    await expect(run).rejects.toThrow(/coreml/i);
    await engine.close();
  });
});
