import { pictureAbove, pictureProtocol } from './terminal-picture.ts';

const WIDTH = 24;

/** A line of a terminal that shows progress. */
export interface ProgressLine {
  /** `done` is a fraction. Without a terminal a line is written for each tenth, and for each new text without numbers. */
  show(done: number, text: string): void;
  /** Whether the terminal can show pictures. */
  readonly hasPictures: boolean;
  /** Draws a PNG above the line, replacing the previous one. */
  picture(png: Buffer): void;
  /** Keeps the line and starts a new one. */
  end(): void;
}

/** Draws a bar and a text repeatedly in one line of a terminal. */
export function progressLine(
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>,
  env: NodeJS.ProcessEnv = process.env,
): ProgressLine {
  const protocol = pictureProtocol(out, env);
  let isOpen = false;
  let hasPicture = false;
  let last = '';
  return {
    hasPictures: protocol !== undefined,
    picture(png) {
      if (protocol === undefined) return;
      out.write(pictureAbove(protocol, png, !hasPicture) + last);
      hasPicture = true;
      isOpen = true;
    },
    show(done, text) {
      const filled = Math.round(WIDTH * Math.min(1, Math.max(0, done)));
      const line = `${'█'.repeat(filled).padEnd(WIDTH, '·')} ${text}`;
      if (out.isTTY) {
        if (line !== last) out.write(`\r\x1b[K${line.slice(0, (out.columns || 80) - 1)}`);
        last = line;
        isOpen = true;
        return;
      }
      const kind = `${Math.floor(done * 10)} ${text.replace(/[\d.]+/g, '')}`;
      if (kind !== last) out.write(`${line}\n`);
      last = kind;
    },
    end() {
      if (isOpen) out.write('\n');
      isOpen = false;
    },
  };
}
