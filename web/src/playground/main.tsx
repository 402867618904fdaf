import './playground.css';
import { createRoot } from 'react-dom/client';
import { Beside } from './beside.tsx';
import { fetcher } from './fetcher.ts';

declare global {
  /** What the server's page leaves for this script. */
  var latentqlPlayground: {
    readonly render: (options: object) => void;
    readonly options: { readonly defaultTabs: readonly { readonly variables?: string }[] };
    readonly areKeysAsked: boolean;
  };
}

const { render, options, areKeysAsked } = globalThis.latentqlPlayground;
const beside = document.createElement('aside');
beside.id = 'beside';
beside.setAttribute('aria-label', 'Pictures and files');
document.body.append(beside);
createRoot(beside).render(<Beside areKeysAsked={areKeysAsked} />);
// GraphiQL takes variables from the tab that it opens with only where it has been here before.
const isNew = localStorage.getItem('graphiql:tabState') === null;
render({ ...options, fetcher, ...(isNew && { initialVariables: options.defaultTabs[0]?.variables }) });
