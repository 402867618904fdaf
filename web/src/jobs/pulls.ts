import { useEffect, useState } from 'react';
import { listen, request } from '../api/client.ts';
import { PullModelDocument, PullProgressDocument, type PullPartsFragment } from '../api/generated/graphql.ts';
import { loadModels } from '../state/resources.ts';

/** The state of a model's download. */
export interface Pulling {
  readonly pull: PullPartsFragment | null;
  /** Why it could not be started. */
  readonly fault: string | null;
  readonly start: () => void;
}

/** Follows the download of a model, begun here or elsewhere, while `isShown`. */
export function usePull(name: string, isShown: boolean): Pulling {
  const [pull, setPull] = useState<PullPartsFragment | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [starts, setStarts] = useState(0);
  useEffect(() => {
    if (!isShown) return undefined;
    return listen(PullProgressDocument, { name }, ({ modelPullProgress: present }) => {
      setPull(present);
      if (present.state === 'SUCCEEDED') void loadModels();
    });
  }, [name, isShown, starts]);
  const start = async () => {
    setFault(null);
    try {
      const { pullModel } = await request(PullModelDocument, { name });
      setPull(pullModel.pull ?? null);
      setFault(pullModel.userErrors.map(({ message }) => message).join(' ') || null);
      setStarts((count) => count + 1);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return { pull, fault, start: () => void start() };
}
