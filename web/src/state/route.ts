import { createStore } from './store.ts';

/** The state in the URL; never prompts, never API keys. */
export interface Route {
  readonly view: 'make' | 'gallery' | 'queue';
  readonly job: string | null;
  /** Index of the job's picture; null: all of them. */
  readonly picture: number | null;
  /** Pictures that are compared, `<job>:<index>`. */
  readonly compare: readonly string[];
  readonly model: string | null;
  readonly status: string | null;
  readonly from: string | null;
}

const VIEWS = ['make', 'gallery', 'queue'] as const;

/** The route of a query string. */
export function readRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const picture = Number(query.get('picture') ?? NaN);
  return {
    view: VIEWS.find((view) => view === query.get('view')) ?? 'make',
    job: query.get('job'),
    picture: Number.isInteger(picture) && picture >= 0 ? picture : null,
    compare: query.getAll('compare').slice(0, 2),
    model: query.get('model'),
    status: query.get('status'),
    from: query.get('from'),
  };
}

/** The query string of a route. */
export function writeRoute({ view, job, picture, compare, model, status, from }: Route): string {
  const query = new URLSearchParams();
  if (view !== 'make') query.set('view', view);
  for (const [name, value] of Object.entries({ job, model, status, from })) {
    if (value !== null) query.set(name, value);
  }
  if (picture !== null) query.set('picture', String(picture));
  for (const one of compare) query.append('compare', one);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Where the page is. */
export const route = createStore(readRoute(location.search));

addEventListener('popstate', () => {
  route.set(readRoute(location.search));
});

/** Navigates; with `replace`, Back does not return here. */
export function go(fields: Partial<Route>, { replace = false } = {}): void {
  const next = { ...route.get(), ...fields };
  const address = `${location.pathname}${writeRoute(next)}`;
  if (writeRoute(next) !== location.search) {
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
  }
  route.set(next);
}
