import { CanceledError } from '../errors.ts';
import type { EngineEvent, EngineStage, PreviewWish } from './types.ts';

/** The stages of a task: announced, timed, and stopped between when the caller wants. */
export interface Stages {
  /** Announces and runs one stage. Throws CanceledError instead if the task was canceled before. */
  stage<Result>(name: EngineStage, work: () => Promise<Result>, totalSteps?: number): Promise<Result>;
  /** Milliseconds per stage so far. */
  readonly timings: Record<EngineStage, number>;
  announce(event: EngineEvent): void;
  /**
   * To be awaited before whatever blocks the thread: lets announcements leave and a request to stop come in. Throws
   * CanceledError if one did.
   */
  turn(): Promise<void>;
}

export interface StageContext {
  /** Aborted to stop the task. */
  readonly signal: AbortSignal;
  /** Resolves when the event has left. */
  emit(event: EngineEvent): Promise<void>;
  /** What somebody wants to see of the step that is done; absent or undefined: nobody does. */
  readonly wanted?: () => PreviewWish | undefined;
}

/** Starts the clock of a task. */
export function createStages(context: StageContext): Stages {
  const timings = {
    LOADING_MODEL: 0,
    ENCODING_PROMPT: 0,
    ENCODING_IMAGE: 0,
    SAMPLING: 0,
    UPSCALING: 0,
    DECODING: 0,
  };
  let sent = Promise.resolve();
  const announce = (event: EngineEvent) => {
    sent = context.emit(event);
  };
  const turn = async () => {
    await sent;
    await new Promise((resolve) => setImmediate(resolve));
    if (context.signal.aborted) throw new CanceledError();
  };
  return {
    timings,
    announce,
    turn,
    async stage(name, work, totalSteps) {
      announce({ type: 'stage', stage: name, totalSteps: totalSteps ?? null });
      await turn();
      const start = performance.now();
      const result = await work();
      timings[name] += performance.now() - start;
      return result;
    },
  };
}
