/** The checkpoint cannot be used as it is; final for its job. The message names the key or byte offset, what was expected and what was found. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** Files are not there that a checkpoint consists of. */
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

/** The task asks for what this device cannot do; final for its job. */
export class UnsupportedTaskError extends Error {
  override readonly name = 'UnsupportedTaskError';
}

/** The device or its process failed (crash, out of memory, non-finite values); the job may be tried again. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** A network gave a number that is not finite: an overflow on this device, or a damaged checkpoint. */
export class NonFiniteError extends DeviceError {}

/** The task's own settings (guidance, prompt weights) drove its numbers out of range; final for its job. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** The caller asked to stop; nothing is wrong. */
export class CanceledError extends Error {
  override readonly name = 'CanceledError';
  constructor(message = 'canceled') {
    super(message);
  }
}
