import { Worker } from 'node:worker_threads';
import { DeviceError } from './errors.ts';
import { wireError, type FromChild, type ToChild } from './ipc.ts';
import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline/pipeline.ts';
import type { Img2ImgTask } from './pipeline/types.ts';
import { WishedPreviews } from './pipeline/wished-previews.ts';

/** The engine process: owns ONNX Runtime and one device, and runs one task at a time for its parent. */

let pipeline: Pipeline | undefined;
let running: AbortController | undefined;
const wishes = new WishedPreviews();
let isToUnload = false;
let unloading: Promise<void> = Promise.resolve();

process.on('message', (message: ToChild) => {
  switch (message.type) {
    case 'open':
      void open(message);
      return;
    case 'run':
      void run(message.task);
      return;
    case 'cancel':
      running?.abort();
      return;
    case 'preview':
      wishes.want(message.wish);
      return;
    case 'unload':
      isToUnload = true;
      if (!running) unload();
      return;
  }
});
process.on('disconnect', () => process.exit(0));
endWithParent();
// A Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

/**
 * Ends this process if its parent was killed, even in the middle of a step, which may block this thread for
 * minutes. Otherwise the next server would need the memory a second time.
 */
function endWithParent(): void {
  const watch = new Worker(
    `const parent = process.ppid;
     setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 500);`,
    { eval: true },
  );
  watch.unref();
}

async function open(options: PipelineOptions): Promise<void> {
  try {
    pipeline = await openPipeline(options);
    await send({ type: 'ready', status: pipeline.status() });
  } catch (error) {
    await send({ type: 'unusable', error: wireError(error) });
  }
}

async function run(task: Img2ImgTask): Promise<void> {
  running = new AbortController();
  try {
    await unloading;
    if (!pipeline) throw new DeviceError('received a task before the device was open');
    const result = await pipeline.img2img(task, {
      signal: running.signal,
      emit: (event) => send({ type: 'event', event }),
      wanted: () => wishes.take(),
    });
    await tellStatus();
    await send({ type: 'done', result });
  } catch (error) {
    await tellStatus();
    await send({ type: 'failed', error: wireError(asDeviceError(error)) });
  } finally {
    running = undefined;
    wishes.clear();
    if (isToUnload) unload();
  }
}

/** Releases the networks. The next task waits for this. */
function unload(): void {
  isToUnload = false;
  unloading = unloading
    .then(async () => {
      if (!pipeline) return;
      await pipeline.unload();
      await send({ type: 'unloaded', status: pipeline.status() });
    })
    .catch(tellStatus);
}

/** Converts the RangeError of a failed array allocation to a DeviceError. */
function asDeviceError(error: unknown): unknown {
  const isOutOfMemory = error instanceof RangeError && /allocation failed/i.test(error.message);
  return isOutOfMemory ? new DeviceError(`out of memory: ${error.message}`, { cause: error }) : error;
}

/**
 * Sends what is loaded and how much memory it takes. Sent before the end of a task, so that the parent knows
 * it by then.
 */
async function tellStatus(): Promise<void> {
  if (pipeline) await send({ type: 'status', status: pipeline.status() });
}

/** Resolves when the message is written: a network evaluation that follows would block this thread. */
function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    process.send!(message, undefined, undefined, () => {
      resolve();
    });
  });
}
