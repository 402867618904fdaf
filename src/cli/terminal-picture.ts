/** Protocols of terminals for inline pictures. */
export type PictureProtocol = 'kitty' | 'iterm2';

/** Lines of a terminal that a picture takes. */
const ROWS = 12;

const KITTY_CHUNK = 4096;

/** The picture protocol of the terminal behind `out`; undefined if it has none, or a multiplexer would drop it. */
export function pictureProtocol(
  out: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): PictureProtocol | undefined {
  if (!out.isTTY || env['TMUX'] !== undefined || env['STY'] !== undefined) return undefined;
  const program = env['TERM_PROGRAM'] ?? '';
  if (env['KITTY_WINDOW_ID'] !== undefined || /^xterm-(kitty|ghostty)$/.test(env['TERM'] ?? ''))
    return 'kitty';
  if (program === 'ghostty') return 'kitty';
  return ['iTerm.app', 'WezTerm', 'mintty'].includes(program) ? 'iterm2' : undefined;
}

/**
 * The escape sequence that draws a PNG above the cursor's line, clears that line and returns the cursor to it. The first picture
 * makes room; each further one replaces it.
 */
export function pictureAbove(protocol: PictureProtocol, png: Buffer, isFirst: boolean): string {
  const room = isFirst ? '\n'.repeat(ROWS) : '';
  const picture = protocol === 'kitty' ? kittyPicture(png) : itermPicture(png);
  return `\r\x1b[K${room}\x1b[${ROWS}A${picture}\x1b[${ROWS}B\r`;
}

/** https://sw.kovidgoyal.net/kitty/graphics-protocol: always picture 1, no response, the cursor stays. */
function kittyPicture(png: Buffer): string {
  const data = png.toString('base64');
  const chunks: string[] = [];
  for (let at = 0; at < data.length; at += KITTY_CHUNK) {
    const control = at === 0 ? `a=T,f=100,i=1,p=1,q=2,r=${ROWS},C=1,` : '';
    const more = at + KITTY_CHUNK < data.length ? 1 : 0;
    chunks.push(`\x1b_G${control}m=${more};${data.slice(at, at + KITTY_CHUNK)}\x1b\\`);
  }
  return chunks.join('');
}

/** https://iterm2.com/documentation-images.html */
const itermPicture = (png: Buffer): string =>
  `\x1b]1337;File=inline=1;size=${png.length};height=${ROWS};doNotMoveCursor=1:${png.toString('base64')}\x07`;
