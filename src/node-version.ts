/**
 * The check of Node's version, before anything else is loaded: an older Node would end with a SyntaxError. Therefore this file
 * uses only syntax that old versions know.
 */

/** Why this program does not run on a version of Node (`engines` in package.json); undefined if it does. */
export function whyNotOnNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 15) || major > 22;
  if (isSupported) return undefined;
  return `LatentQL needs Node 20.19 or newer of version 20, or 22.15 or newer; this is Node ${version}.`;
}

/** Ends the process with a message on an unsupported version of Node. */
export function mustRunOnThisNode(): void {
  const why = whyNotOnNode(process.versions.node);
  if (why === undefined) return;
  console.error(why);
  process.exit(1);
}
