import { TaskTooLargeError } from '../errors.ts';
import type { ModelCache } from '../runtime/model-cache.ts';
import type { DiffusionModel, LoadRequest } from './model.ts';
import type { Img2ImgTask } from './types.ts';

const MB = 2 ** 20;

/** Bytes that the engine process takes beside networks and pictures: Node, ONNX Runtime, what sessions hold. */
const PROCESS_BYTES = 160 * MB;

/** Bytes that an accelerator's driver and its libraries take of its memory for a process, whatever runs. */
const DEVICE_BYTES = 640 * MB;

/** Bytes that a task may always take: below, MEMORY_LIMIT is less than a process needs. */
const LEAST_ROOM = 64 * MB;

/** Sides that the search for a size that fits tries: multiples of so many pixels. */
const SIDE_STEP = 64;

export interface TaskMemoryOptions {
  readonly task: Img2ImgTask;
  readonly model: DiffusionModel;
  readonly request: LoadRequest;
  readonly networks: ModelCache;
  /** Bytes that the process may take, or on an accelerator its networks of the memory there. */
  readonly memoryLimit: number;
}

/** Sets how much the networks may take during a task. Throws TaskTooLargeError if one of them alone takes more. */
export async function makeRoom(options: TaskMemoryOptions): Promise<void> {
  const { task, memoryLimit } = options;
  const bytes = await peakOf(options, task);
  if (bytes <= leastLimit(memoryLimit)) return;
  const fitting = await largestFitting(options);
  const remedy = fitting
    ? `the largest size of this shape that fits is ${fitting.width}×${fitting.height}`
    : 'no size of this shape fits';
  throw new TaskTooLargeError(
    `width ${task.width}, height ${task.height}, batchSize ${task.batchSize} would take about ${inMegabytes(bytes)} of memory, ` +
      `${isOnDevice(options) ? 'DEVICE_MEMORY_LIMIT' : 'MEMORY_LIMIT'} is ${inMegabytes(memoryLimit)}: ${remedy}`,
  );
}

/** Estimate of the most memory that a task takes where its networks are, with none loaded but the one that runs. */
export async function peakOf(options: TaskMemoryOptions, size: Size): Promise<number> {
  const { task, model, request, networks, memoryLimit } = options;
  // Pictures never leave the host.
  const others = isOnDevice(options) ? DEVICE_BYTES : PROCESS_BYTES + pictureBytes(size, task.batchSize);
  networks.memoryLimit = memoryLimit - others;
  const cells = { height: size.height / model.cellSize, width: size.width / model.cellSize };
  const sources = await model.sources({ ...request, ...cells });
  const runs = sources.map((source) => networks.runBytes(source));
  return others + Math.max(...runs);
}

const isOnDevice = ({ networks }: TaskMemoryOptions): boolean => networks.device.profile.weights === 'device';

type Size = Pick<Img2ImgTask, 'width' | 'height'>;

/** Source and results, 8 bits a colour; of one of them colours, sums and weights in float32 while it is coded in tiles. */
function pictureBytes({ width, height }: Size, batchSize: number): number {
  return width * height * (3 * (1 + batchSize) + 4 * (3 + 3 + 1));
}

/** The largest size of about the task's shape that fits. */
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
