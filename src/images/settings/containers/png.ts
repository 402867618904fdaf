import { inflate, latin1 } from './bytes.ts';
import { addExif } from './exif.ts';
import { chunksOf } from './png-chunks.ts';
import type { Texts } from './texts.ts';

/** Collects tEXt, zTXt, iTXt and eXIf, before or behind the pixels (PNG, 3rd edition, 11.3). Ends where the file is damaged. */
export async function addPngTexts(png: Uint8Array, texts: Texts): Promise<void> {
  for (const { type, data } of chunksOf(png)) {
    switch (type) {
      case 'tEXt':
        addText(data, texts);
        break;
      case 'zTXt':
        await addCompressed(data, texts);
        break;
      case 'iTXt':
        await addInternational(data, texts);
        break;
      case 'eXIf':
        addExif(data, texts);
        break;
    }
  }
}

function addText(data: Uint8Array, texts: Texts): void {
  const end = data.indexOf(0);
  if (end > 0) texts.addBytes(latin1(data.subarray(0, end)), data.subarray(end + 1));
}

async function addCompressed(data: Uint8Array, texts: Texts): Promise<void> {
  const end = data.indexOf(0);
  if (end > 0) await addInflated(latin1(data.subarray(0, end)), data.subarray(end + 2), texts);
}

async function addInternational(data: Uint8Array, texts: Texts): Promise<void> {
  const end = data.indexOf(0);
  const languageEnd = data.indexOf(0, end + 3);
  const translatedEnd = data.indexOf(0, languageEnd + 1);
  if (end <= 0 || languageEnd < 0 || translatedEnd < 0) return;
  const keyword = latin1(data.subarray(0, end));
  const text = data.subarray(translatedEnd + 1);
  if (data[end + 1] === 1) await addInflated(keyword, text, texts);
  else texts.addBytes(keyword, text);
}

async function addInflated(keyword: string, data: Uint8Array, texts: Texts): Promise<void> {
  const text = texts.takesCompressed() ? await inflate(data, 'deflate', texts.room) : 'too long';
  if (typeof text !== 'string') texts.addBytes(keyword, text);
  else {
    if (text === 'too long') texts.stopInflating();
    texts.leave(`${keyword}: compressed and ${text}`);
  }
}
