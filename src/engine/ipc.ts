import {
  CanceledError,
  CheckpointError,
  DeviceError,
  DivergedError,
  TaskTooLargeError,
  UnsupportedTaskError,
} from './errors.ts';
import type {
  EngineEvent,
  EngineProcessStatus,
  EngineResult,
  Img2ImgTask,
  PreviewWish,
} from './pipeline/types.ts';
import type { Precision } from './runtime/device.ts';

/** Messages to the engine process, sent as structured clones over the fork's channel. */
export type ToChild =
  /** First message: open the device. */
  | {
      readonly type: 'open';
      readonly device: string;
      readonly precision: Precision;
      readonly memoryLimit: number;
      readonly deviceMemoryLimit?: number;
    }
  | { readonly type: 'run'; readonly task: Img2ImgTask }
  /** Stop the running task between two network evaluations. */
  | { readonly type: 'cancel' }
  /** Previews of the running task are requested. */
  | { readonly type: 'preview'; readonly wish: PreviewWish }
  /** Release all networks: immediately, or after the running task. */
  | { readonly type: 'unload' };

/** Messages from the engine process. */
export type FromChild =
  | { readonly type: 'ready'; readonly status: EngineProcessStatus }
  /** The device could not be opened; the parent ends the process. */
  | { readonly type: 'unusable'; readonly error: WireError }
  | { readonly type: 'status'; readonly status: EngineProcessStatus }
  | { readonly type: 'unloaded'; readonly status: EngineProcessStatus }
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'done'; readonly result: EngineResult }
  | { readonly type: 'failed'; readonly error: WireError };

/** An error between processes: structured clone loses its class. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const CLASSES = {
  ...{ CheckpointError, TaskTooLargeError, UnsupportedTaskError, DivergedError },
  ...{ DeviceError, CanceledError },
};

/** Converts an error for the channel. */
export function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

/** Restores an error with its class, which decides what happens to the job. */
export function reviveError({ name, message, stack }: WireError): Error {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name as keyof typeof CLASSES] : Error;
  const error = new Class(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
