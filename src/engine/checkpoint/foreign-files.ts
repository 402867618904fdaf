/** Recognises files that are not safetensors by their first bytes. */

/** Number of bytes to read from the start of a file. */
export const FIRST_BYTES = 4096;

const DOWNLOAD_AGAIN = 'download the file itself';
const OTHER_VERSION = 'use the .safetensors version of the model';

/** Whether a file starts with UTF-8 text, with or without a byte order mark. */
function isText(start: Buffer): boolean {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return !/[^\P{Cc}\s]/u.test(decoder.decode(start.subarray(0, 64), { stream: true }));
  } catch {
    return false;
  }
}

/** A UTF-8 byte order mark, decoded as Latin-1. */
const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

const ARCHIVES = ['\u001f\u008b', '7z\u00bc\u00af', 'Rar!', 'BZh', '\u00fd7zXZ', '(\u00b5/\u00fd'];
const PICTURES = ['\u0089PNG', '\u00ff\u00d8\u00ff', 'GIF8', 'RIFF'];

/** Kinds of files and what to do about them; the first match wins. */
const KINDS: readonly (readonly [fits: (start: Buffer, text: string) => boolean, found: string])[] = [
  [
    (_, text) => text.startsWith('version https://git-lfs'),
    'a Git LFS pointer instead of the file: run `git lfs pull`, or download the file itself',
  ],
  [
    (_, text) => /^\s*<(!doctype|html|head|\?xml|!--)/i.test(text),
    `a web page saved under the file's name: sign in if required and ${DOWNLOAD_AGAIN}`,
  ],
  [
    (_, text) =>
      text.startsWith('PK\u0003\u0004') &&
      /\/(data\.pkl|version|byteorder)|\.data\/|\.format_version/.test(text),
    `a PyTorch file (pickle), which can run code: ${OTHER_VERSION}`,
  ],
  [(_, text) => text.startsWith('PK'), 'a ZIP archive: unpack it'],
  [
    (start) => start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && start[2] !== 0,
    `a PyTorch file (pickle), which can run code: ${OTHER_VERSION}`,
  ],
  [(_, text) => text.startsWith('GGUF'), `a GGUF file: ${OTHER_VERSION} (f32, f16, bf16 or fp8)`],
  [(_, text) => text.startsWith('ggml') || text.startsWith('lmgg'), `a GGML file: ${OTHER_VERSION}`],
  [(_, text) => text.startsWith('\u0089HDF'), `an HDF5 file: ${OTHER_VERSION}`],
  [(_, text) => ARCHIVES.some((start) => text.startsWith(start)), 'an archive: unpack it'],
  [(_, text) => PICTURES.some((start) => text.startsWith(start)), `a picture: ${DOWNLOAD_AGAIN}`],
  [
    (start, text) => /^\s*[[{]/.test(text) && isText(start),
    `JSON, such as a download site's error, instead of the file: ${DOWNLOAD_AGAIN}`,
  ],
  [
    (start) => start.length > 0 && start.every((byte) => byte === 0),
    'only zeros at its start: the download did not finish, start it again',
  ],
  [(start) => start.length === 0, `an empty file: ${DOWNLOAD_AGAIN}`],
  [isText, `text instead of the file: ${DOWNLOAD_AGAIN}`],
];

/** What a file that starts with these bytes is, and the remedy; undefined if unknown. */
export function foreignKind(start: Buffer): string | undefined {
  const text = start.toString('latin1').replace(BYTE_ORDER_MARK, '');
  return KINDS.find(([fits]) => fits(start, text))?.[1];
}
