/** An uncompressed ZIP archive, as torch.save writes one: the folder `archive`, whose files these are. */
export function torchArchive(files: Readonly<Record<string, Buffer>>, method = 0): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.from(`archive/${name}`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, path, content);
    entries.push(entry, path);
    at += local.length + path.length + content.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Operations of a pickle, protocol 2, that push values. */
export const op = {
  text: (text: string) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('X'), length, bytes]);
  },
  int: (value: number) =>
    Buffer.from(value < 0 ? [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)] : [0x4b, value]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  tuple: (...values: readonly Buffer[]) => Buffer.concat([Buffer.from('('), ...values, Buffer.from('t')]),
  list: (...values: readonly Buffer[]) => Buffer.concat([Buffer.from(']('), ...values, Buffer.from('e')]),
  dictionary: (...items: readonly Buffer[]) => Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]),
  call: (callee: Buffer, given: Buffer) => Buffer.concat([callee, given, Buffer.from('R')]),
  program: (value: Buffer) => Buffer.concat([Buffer.from([0x80, 2]), value, Buffer.from('.')]),
};

/** A tensor over a storage, as torch pickles it. */
export function tensor(
  type: string,
  storage: string,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Buffer {
  const persistent = Buffer.concat([
    op.tuple(op.text('storage'), op.global('torch', type), op.text(storage), op.text('cpu'), op.int(99)),
    Buffer.from('Q'),
  ]);
  const sizes = [shape, strides].map((numbers) => op.tuple(...numbers.map(op.int)));
  const hooks = op.call(op.global('collections', 'OrderedDict'), Buffer.from(')'));
  return op.call(
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.tuple(persistent, op.int(offset), ...sizes, Buffer.from([0x89]), hooks),
  );
}
