import { useEffect, useState } from 'react';
import { presentKey } from '../state/key.ts';
import { pictureAddress } from './picture-address.ts';

/** Pictures that were fetched with a key, by their hash. */
const fetched = new Map<string, Promise<string>>();

/** A stored picture as PNG. Throws if it is not there any more. */
export async function fetchPicture(sha256: string, key = presentKey()): Promise<Blob> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const answer = await fetch(pictureAddress(sha256), { headers });
  if (!answer.ok) throw new Error(`${pictureAddress(sha256)}: HTTP ${answer.status}`);
  return answer.blob();
}

/** Sources are private to their owner. With API keys an `<img>` cannot load them, so they are fetched with the key. */
function fetchSource(sha256: string, key: string): Promise<string> {
  const known = fetched.get(sha256);
  if (known) return known;
  const address = fetchPicture(sha256, key).then((picture) => URL.createObjectURL(picture));
  fetched.set(sha256, address);
  address.catch(() => fetched.delete(sha256)); // fetched again when it is next shown
  return address;
}

/** The `src` of a job's source; null while it is being fetched, and without a source. */
export function useSourceAddress(sha256: string | undefined): string | null {
  const key = presentKey();
  const [own, setOwn] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setOwn(null);
    if (sha256 !== undefined && key !== null) {
      fetchSource(sha256, key).then(
        (address) => {
          if (isCurrent) setOwn(address);
        },
        () => undefined, // the page shows its other pictures without it
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [sha256, key]);
  if (sha256 === undefined) return null;
  return key === null ? pictureAddress(sha256) : own;
}
