import { CommanderError } from 'commander';
import { EXIT, explanationOf } from './exit.ts';
import { createProgram } from './program.ts';

/** Runs `latentql` with the words after its name and sets the exit code of the process. */
export async function run(words: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version exit with 0; everything else is wrong usage, which commander has reported.
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    console.error(explanationOf(error));
    process.exitCode = EXIT.failed;
  }
}
