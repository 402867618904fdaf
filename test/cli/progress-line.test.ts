import { expect, test } from 'vitest';
import { progressLine } from '../../src/cli/progress-line.ts';

/** What a progress line writes. */
function written(isTTY: boolean, env: NodeJS.ProcessEnv, pictures: readonly Buffer[]) {
  const texts: string[] = [];
  const out = { isTTY, columns: 80, write: (text: string | Uint8Array) => texts.push(String(text)) > 0 };
  const line = progressLine(out, env);
  for (const [i, picture] of pictures.entries()) {
    line.picture(picture);
    line.show((i + 1) / pictures.length, `step ${i + 1}`);
  }
  line.end();
  return { hasPictures: line.hasPictures, text: texts.join('') };
}

const PICTURES = [Buffer.alloc(5000, 'first'), Buffer.alloc(5000, 'second')];

/** The PNGs that a text hands to kitty: chunks of base64, of which the last one says that there are no more. */
const kittyPictures = (text: string): Buffer[] =>
  [...text.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)]
    .reduce<string[]>((all, [, control, data]) => {
      expect(data!.length).toBeLessThanOrEqual(4096);
      if (control!.startsWith('a=T')) all.push('');
      all.push((all.pop() ?? '') + data!);
      return all;
    }, [])
    .map((data) => Buffer.from(data, 'base64'));

test.each([
  { TERM: 'xterm-kitty' },
  { KITTY_WINDOW_ID: '1' },
  { TERM: 'xterm-ghostty' },
  { TERM_PROGRAM: 'ghostty' },
])('The live preview is drawn by the protocol of kitty where the terminal is %j', (env) => {
  const { hasPictures, text } = written(true, env, PICTURES);
  expect(hasPictures).toBe(true);
  expect(kittyPictures(text)).toEqual(PICTURES);
  expect(text.match(/m=1;/g)).toHaveLength(2);
});

test.each(['iTerm.app', 'WezTerm', 'mintty'])(
  'The live preview is drawn by the protocol of iTerm2 in %s',
  (program) => {
    const { text } = written(true, { TERM_PROGRAM: program }, PICTURES);
    const found = [...text.matchAll(/\x1b\]1337;File=inline=1;size=5000;[^:]*:([^\x07]*)\x07/g)];
    expect(found.map(([, data]) => Buffer.from(data!, 'base64'))).toEqual(PICTURES);
  },
);

test('The preview has its lines above the bar, made once, and the bar comes back after it', () => {
  const { text } = written(true, { TERM: 'xterm-kitty' }, PICTURES);
  expect(text.match(/\n{12}/g)).toHaveLength(1);
  expect(text.match(/\x1b\[12A/g)).toHaveLength(2);
  expect(text.match(/\x1b\[12B\r/g)).toHaveLength(2);
  expect(text).toMatch(/\x1b\[12B\r█+·* step 1/);
});

test.each([
  [false, { TERM: 'xterm-kitty' }],
  [true, { TERM: 'xterm-kitty', TMUX: '/tmp/tmux-0/default,1,0' }],
  [true, { TERM_PROGRAM: 'iTerm.app', STY: '1.pts-0' }],
  [true, { TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }],
  [true, {}],
])('No picture is written to what cannot show one (a terminal: %j, %j)', (isTTY, env) => {
  const { hasPictures, text } = written(isTTY, env, PICTURES);
  expect(hasPictures).toBe(false);
  expect(text).not.toMatch(/\x1b[_\]]/);
  expect(text).toContain('step 2');
});
