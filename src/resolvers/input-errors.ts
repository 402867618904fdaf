import type { InputError } from '../input-error.ts';

/** Every expected failure of one request, so that a form can mark all its wrong fields at once. */
export class InputErrors extends Error {
  override readonly name = 'InputErrors';
  readonly errors: readonly InputError[];

  constructor(errors: readonly InputError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}
