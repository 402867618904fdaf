import { TaskTooLargeError } from '../errors.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { NetworkSource } from '../runtime/network-source.ts';
import type { DiffusionModel, LoadRequest } from './model.ts';
import type { PictureUpscaler } from './picture-upscaler.ts';
import type { Img2ImgTask } from './types.ts';

const MB = 2 ** 20;

/**
 * Bytes that the engine process needs in addition to networks and pictures: Node, ONNX Runtime, session
 * overhead.
 */
const PROCESS_BYTES = 160 * MB;

/** Bytes of device memory that the driver and its libraries take per process. */
const DEVICE_BYTES = 640 * MB;

/** Bytes that are always allowed for a task, even if MEMORY_LIMIT is less than a process needs. */
const LEAST_ROOM = 64 * MB;

/** The networks that a task uses at a size, in order of use. */
export async function sourcesOf(options: TaskMemoryOptions, size: Size): Promise<NetworkSource[]> {
  const { task, model, request, upscaler } = options;
  const cellsOf = ({ height, width }: Size) => ({
    height: height / model.cellSize,
    width: width / model.cellSize,
  });
  const first = await model.sources({ ...request, ...cellsOf(size) });
  if (!task.upscale) return first;
  const final = cellsOf(finalSize(options, size));
  const enlarging = upscaler?.sources(size.height, size.width) ?? [];
  if (upscaler && task.upscale.denoise === 0) return [...first, ...enlarging];
  const second = await model.sources({
    ...{ ...request, prompts: request.laterPrompts ?? request.prompts },
    ...{ ...final, encodesImage: upscaler !== undefined },
  });
  return [...first, ...enlarging, ...second];
}

/** The size of a task's results if its first pass has this size. */
function finalSize({ task, model }: TaskMemoryOptions, size: Size): Size {
  const { upscale } = task;
  if (!upscale) return size;
  const side = (length: number, from: number, to: number) =>
    Math.max(1, Math.round((length * to) / from / model.cellSize)) * model.cellSize;
  return {
    width: side(size.width, task.width, upscale.width),
    height: side(size.height, task.height, upscale.height),
  };
}

/** Step of the search for a size that fits, in pixels. */
const SIDE_STEP = 64;

/** A task and the memory available to it. */
export interface TaskMemoryOptions {
  readonly task: Img2ImgTask;
  readonly model: DiffusionModel;
  readonly request: LoadRequest;
  /** The task's upscaler, if any. */
  readonly upscaler?: PictureUpscaler | undefined;
  readonly networks: ModelCache;
  /** Maximum bytes of the process, or on an accelerator of its networks in device memory. */
  readonly memoryLimit: number;
}

/**
 * Sets the memory limit of the networks for a task. Throws TaskTooLargeError if one of them exceeds it by
 * itself.
 */
export async function makeRoom(options: TaskMemoryOptions): Promise<void> {
  const { task, memoryLimit } = options;
  const bytes = await peakOf(options, task);
  if (bytes <= leastLimit(memoryLimit)) return;
  const fitting = await largestFitting(options);
  const remedy = fitting
    ? `the largest size of this shape that fits is ${fitting.width}×${fitting.height}`
    : 'no size of this shape fits';
  throw new TaskTooLargeError(
    `width ${task.width}, height ${task.height}, ${upscaledTo(task)}batchSize ${task.batchSize} would take about ${inMegabytes(bytes)} of memory, ` +
      `${isOnDevice(options) ? 'DEVICE_MEMORY_LIMIT' : 'MEMORY_LIMIT'} is ${inMegabytes(memoryLimit)}: ${remedy}`,
  );
}

/** Estimates the peak memory of a task where its networks live, with only the running network loaded. */
export async function peakOf(options: TaskMemoryOptions, size: Size): Promise<number> {
  const { task, networks, memoryLimit } = options;
  // Pictures never leave the host.
  const others = isOnDevice(options)
    ? DEVICE_BYTES
    : PROCESS_BYTES + pictureBytes(finalSize(options, size), task.batchSize) + upscalingBytes(options, size);
  networks.memoryLimit = memoryLimit - others;
  const sources = await sourcesOf(options, size);
  const runs = sources.map((source) => networks.runBytes(source));
  return others + Math.max(...runs);
}

const upscaledTo = ({ upscale }: Img2ImgTask): string =>
  upscale ? `upscaled to ${upscale.width}×${upscale.height}, ` : '';

const isOnDevice = ({ networks }: TaskMemoryOptions): boolean => networks.device.profile.weights === 'device';

type Size = Pick<Img2ImgTask, 'width' | 'height'>;

/**
 * Bytes of the source and the results (8 bits per channel), and of the float32 colours, sums and weights of
 * one picture that is encoded or decoded in tiles.
 */
function pictureBytes({ width, height }: Size, batchSize: number): number {
  return width * height * (3 * (1 + batchSize) + 4 * (3 + 3 + 1));
}

/** Bytes of an enlarged picture: float32 colours, sums and weights, and 8-bit channels. */
function upscalingBytes({ upscaler }: TaskMemoryOptions, { width, height }: Size): number {
  return upscaler ? width * height * upscaler.scale ** 2 * (4 * (3 + 3 + 1) + 3) : 0;
}

/** The largest size that fits, with approximately the task's aspect ratio. */
async function largestFitting(options: TaskMemoryOptions): Promise<Size | undefined> {
  const { width, height } = options.task;
  const longest = Math.max(width, height);
  const side = (length: number, scale: number) =>
    Math.max(SIDE_STEP, Math.round((length * scale) / SIDE_STEP) * SIDE_STEP);
  let fitting: Size | undefined;
  let [low, high] = [0, Math.ceil(longest / SIDE_STEP) - 1]; // the longest side in steps
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const scale = (middle * SIDE_STEP) / longest;
    const size = { width: side(width, scale), height: side(height, scale) };
    if ((await peakOf(options, size)) <= leastLimit(options.memoryLimit)) {
      fitting = size;
      low = middle;
    } else high = middle - 1;
  }
  return fitting;
}

const leastLimit = (memoryLimit: number): number => Math.max(memoryLimit, PROCESS_BYTES + LEAST_ROOM);

const inMegabytes = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
