/** How the API process and the worker process begin and end. */

/** Runs a process; what ends it is printed, of an error of these classes the message alone. */
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

/** The first SIGTERM or SIGINT. A second one ends the process as it always does. */
export const stopRequested = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
