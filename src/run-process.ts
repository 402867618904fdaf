/** Start and end of the API process and the worker process. */

/** Runs `main` and prints the error that ends it; only the message for errors of `classes`. */
export async function explained(
  main: () => Promise<void>,
  classes: readonly (abstract new (...args: never[]) => Error)[],
): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isExplained = error instanceof Error && classes.some((one) => error instanceof one);
    console.error(isExplained ? error.message : error);
    process.exitCode = 1;
  }
}

/** Resolves with the first SIGTERM or SIGINT. A second one ends the process as usual. */
export const stopRequested = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
