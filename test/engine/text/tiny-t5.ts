/** A T5 `tokenizer.json` of a dozen tokens, laid out as the real one. `replacements` become its character map. */
export function tinyT5(replacements: Record<string, string> = { '\t': ' ', ﬁ: 'fi' }) {
  const words = ['▁', '▁a', '▁cat', 'a', 'b', 'c', 'f', 'i', 'fi', 't', '▁fi'];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<pad>', '</s>', '<unk>'].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Precompiled', precompiled_charsmap: charsMap(replacements) },
        { type: 'Strip', strip_left: false, strip_right: true },
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' },
      ],
    },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'first' },
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    model: {
      type: 'Unigram',
      unk_id: 2,
      vocab: [['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...words.map((word) => [word, -10 + word.length])],
      byte_fallback: false,
    },
  };
}

/** A darts-clone trie that spends a block of 256 units on every inner node, and its NUL-terminated texts, in base64. */
function charsMap(replacements: Record<string, string>): string {
  const units = new Map<number, number>();
  let blocks = 1;
  let texts = '';
  const inner = (at: number, block: number, label: number, leaf: boolean) =>
    units.set(at, (((at ^ (block << 8)) << 10) | (leaf ? 0x100 : 0) | label) >>> 0);
  const childBlock = new Map<string, number>([['', blocks++]]);
  inner(0, 1, 0, false);
  for (const [key, text] of Object.entries(replacements)) {
    const bytes = [...Buffer.from(key)];
    let block = 1;
    for (const [i, byte] of bytes.entries()) {
      const path = bytes.slice(0, i + 1).join();
      const child = childBlock.get(path) ?? blocks++;
      childBlock.set(path, child);
      const last = i === bytes.length - 1;
      inner((block << 8) | byte, child, byte, last);
      if (last) units.set(child << 8, Buffer.byteLength(texts) + 0x8000_0000);
      block = child;
    }
    texts += `${text}\0`;
  }
  const trie = Uint32Array.from({ length: blocks << 8 }, (_, at) => units.get(at) ?? 0);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(trie.byteLength);
  return Buffer.concat([size, Buffer.from(trie.buffer), Buffer.from(texts)]).toString('base64');
}
