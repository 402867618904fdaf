/**
 * The checkpoint cannot be used; final for its job. The message names the key or byte offset, what was
 * expected and what was found.
 */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** Files of a checkpoint are missing. */
export class MissingFilesError extends CheckpointError {
  /** Relative to the checkpoint's folder. */
  readonly files: readonly string[];

  constructor(checkpoint: string, files: readonly string[]) {
    super(`${checkpoint}: missing: ${files.join(', ')}: download the whole folder again`);
    this.files = files;
  }
}

/** The task needs more memory than MEMORY_LIMIT allows; final for its job. Thrown before anything runs. */
export class TaskTooLargeError extends Error {
  override readonly name = 'TaskTooLargeError';
}

/** The task requires something that this device does not support; final for its job. */
export class UnsupportedTaskError extends Error {
  override readonly name = 'UnsupportedTaskError';
}

/** The device or its process failed (crash, out of memory, non-finite values); the job may be retried. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** A network returned numbers that cannot be right: the device computes wrongly, or its weights are damaged. */
export class WrongNumbersError extends DeviceError {}

/** A network returned NaN or infinity: an overflow on this device, or a damaged checkpoint. */
export class NonFiniteError extends WrongNumbersError {}

/** The task's settings (guidance, prompt weights, adapters) drove values out of range; final for its job. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** The caller canceled the task; not a failure. */
export class CanceledError extends Error {
  override readonly name = 'CanceledError';
  constructor(message = 'canceled') {
    super(message);
  }
}
