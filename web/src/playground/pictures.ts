/** A picture in an answer. */
export interface Picture {
  readonly address: string;
  /** Where in the answer it stands, with the seed where it has one. */
  readonly caption: string;
}

/** The end of an address of a stored picture, whatever the server calls itself. */
const STORED = /\/(images\/[0-9a-f]{64}\.(?:png|jpg|webp|avif)(?:\?[^#]*)?)$/;

/** Every picture in an answer, in its order: previews and whole ones, by data: URI or by address. */
export function picturesIn(answer: unknown, path: readonly string[] = []): readonly Picture[] {
  if (Array.isArray(answer)) {
    return answer.flatMap((one, i) => picturesIn(one, answer.length > 1 ? [...path, String(i + 1)] : path));
  }
  if (typeof answer !== 'object' || answer === null) return [];
  const { seed } = answer as { seed?: unknown };
  const caption = [...path.slice(-2), ...(typeof seed === 'string' ? [`seed ${seed}`] : [])].join(' ');
  const own = Object.values(answer).flatMap((value) => {
    const address = addressIn(value);
    return address === undefined ? [] : [{ address, caption }];
  });
  return [
    ...own.slice(0, 1), // the same picture may stand there by address and as data
    ...Object.entries(answer).flatMap(([name, value]) => picturesIn(value, [...path, name])),
  ];
}

function addressIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.startsWith('data:image/') ? value : STORED.exec(value)?.[1];
}
