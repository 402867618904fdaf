import { CanceledError } from '../engine/index.ts';

/** Why a handler is asked to stop (the reason of its signal), and how fast. */
export class StopRequest extends CanceledError {
  /** Whether nothing may be waited for, not even the end of a step. */
  readonly immediately: boolean;

  constructor(message: string, { immediately }: { immediately: boolean }) {
    super(message);
    this.immediately = immediately;
  }
}
