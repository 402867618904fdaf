/** What must not happen has happened. */
export class Finding extends Error {
  override readonly name: string = 'Finding';
}

/** Something took too long, which on a busy machine may be nobody's fault. */
export class SlowFinding extends Finding {
  override readonly name = 'SlowFinding';
}
