import type { GraphiQLOptions } from 'graphql-yoga';
import type { Config } from '../config.ts';

/** The example picture, 256 × 256, small enough to stand in a tab. */
const EXAMPLE_IMAGE =
  'data:image/webp;base64,' +
  'UklGRuwHAABXRUJQVlA4IOAHAADQOQCdASoAAQABPm02l0ikIyIhJbbIwIANiWVu3+Zr+oj/sofoA4DSj/m75O94eQL4HyzdipzP486p5F1iH1N/o3/oe4N+o/nHetPz' +
  'Cft1+zvvS+jH/n+mP1MfoAdLf+6WUx0b5OU0Zv0xQ+S//K71z3Yau5cGuDXBrg1wa4NcBR4hDwOrfdH76GKVQ/KiC1LwFivYtbI5HcjuR3Iksv/m70KBov8TKRiLDJRD' +
  'Ehg/fLzmLGUfwmr+E1fvGlEE0ogmlDxNQjXhjm2YRd9BSrtyAIdewKLMlmSzJZTwtmaBi8i+mkwJ3QJPiZwbiOX/4DSMR3I7uygYs3C3fpPkXyL095kTMlmSzJZksyWZ' +
  'LMkFxeb5DE8yHPuF2GQiU+fU0+nYeXEtx0wVDlUet+Wp8PNg3IUEcqHSmZDZAlUx3pPXD2L89Xhix9gFSzFcKOxZUIuag7B5NepTPBJs2EEx+gSyB8oWYycUzRa+e7Ro' +
  'XHGX4P/1hEmWf752LowmVHfYLCXZAHrfiecPEwn4ShzF0sjx7qP3a/0LayeZGqsYrto4QOiXDPAyH/Ad44SELOuLD+/SdX5M0WwlDQGuRFwrEFaWWalOrNU5ociLhWIv' +
  'kj9nkkfs8kj9nKAA/tI0DM/6r17afzOql//zVzyl3qiz3XiykC0VAoEG9q9v4k7rl/S+IIEIYwjHFUFA7n0ZvNNmTj9NkhH1odqWmzP/LjYlxmz3m9uTW6GxNzkSH5Hv' +
  'rVXPtPozid9sU1aCIi96HQ5HFJTFFZ+BIRTP0xoWj67H0y6j6Dj6oj0ivJWmcTGjBQbGYoXmMUU+4P0Iff/O+bqgVkc3XS7Rvib3fCe7VljMNSEy9J9GX4/kXyzVWZpP' +
  'ReM9iiWiVZmEyIa8XWig1O3cXI45U19H0fVIht6lJH+rg1KgFhFz75f2f78S/Xcf+SlKm1SFT29WymZHCKVbNGlI3mTNayyDnwmhU4gyBL0Owghg5vDaySiYzWMMZbIk' +
  '2588sB/ITvljfdN7EQcj5b21PMHJTgyJ72Jx1xbJcfKWC/I3z86fB6oQiEHG9D1XGWR0V2uOnB6fu5ULjriUYdOtPPr/SP7EmGkOyAP6JEAThsnU5wHY4aEC3Gn4/+P8' +
  'fU1P06AxSFPmKBuh2r7tEr7alMOxx6pd59SKtRBpkPL9F5eJElJWjVvCZSviSxYypPQn5ENNa8MiYuc5V8sJevfMLSJFKKv7+PU3Zr5+BTdbhpxsMcpxUptcI1Ziv4MT' +
  'FkEViP6F+8UqeP3PqL2MV6ed1v6VkUQoTXsadX3/zt2+0tRx3r+ohBRv6yBSTyvrkVEY2uEkkQKwOaGqS0yN3Mop1QSzYW6t1Z4X060GJhO6HF91Hqd152u+7RZQnSFP' +
  'sln/hRWRPEblfAJ5gkkhsCRqogcW+He1fREqB4uCABIu4bp8No6z4A12gBpCrVmjSOkTPUfR9wiR2Fo7Myh206JjgQCk1J22KUqJpGY6cKrOind2MvyDbXYGvMU7H9eZ' +
  'QrxNg0AoVc2RLXmJTZNMFBkfU9x5GPxptJ2/R0pOf4ihETilKYoUS0Sq9Kycx7o6PBnHgl3QaMV4UbPwreeAHXlYOE/1B/Ji9zAIaeYLb8xlL3XlwIu5xy78/9ea3McB' +
  '94yD26JuhwlaIMrPTnZi2Fpoah7JzL92qaw3iovwMBZEot7n5QRwZdylkcyN0Ars7qjfm9LEncDJri4fO0AFpa3E3ZrSvuZLpK70u4aFaYkqmlAZict7LRkwDNSwzrnr' +
  'xFYZI3EQNRUJ6lww+nGrSXOVdK4zs1/jbnu9Xo+jUYBnQll6pNc6lnfsc/qNB1sxKcJsdmOmrzMifKNft5uWXEQ3nKYzI0oTvLwI4lZe/rqEzSapcEiOLwJK/laSAgT6' +
  've/6UyFTfwhgfpbRXk8mOsCuY82lQC5enYep6pL82kyf5If4Xp0qyyDk0B6OHbzcT53+xwjCUD8dlDr1uKrrnGyKH5l2o/8fjzSIzW/tzMCpVz+SMDbGua9OWs07qL2S' +
  'IJhyqtktx6DvEabA6FBL8z71IftrzciLCXfSYX1+es0yOEaQo69SOYzZoDzyjOdVMgcjS1imDHjM+a/Jg3xxY+gm/JKELyZuEKm3axYOk87r7YzUtInSl0D+qa0RdNNW' +
  'trjYieSew/JVIch5yD2IWOH8tHd7PjUUyjmYgiYbux2x53z9sn05xp8gO5M1d3xDh4mDHFQAAF/APGCjPru9v3Tjy14l2y7wlqErqDqFcNjno0pK+M3toDC9HXJaup2q' +
  '/bri7Nf/UFoZ6wwFEE23yyFKy9A2Mc5HxEQnt/Ws9/EC9F866opGgWJfrGmT09W7VP/5vNduT2Z32JdGZ5fFiQIGrc2gc8qUrDfTZV7zawGmOOIAEqunW5At47cjeCyJ' +
  'QLURDr704O9tgtL8LBrsHjAeEeM6e7IK8V682SacdVqvA0Sdw+9UtMztSA8pTEclfASCxL7JRUqqyguxSJGrroukYgdn6/KjNxb0vm6Zz9osZo5VW0r7Z/fk7P1Afi1M' +
  '6UOHqxoWU/8IBE82QOJZa1PfpKk2ly8E+c8TOnF+9jabh0o2nRiTTUOgqcQhqbu7av8YIIvwgADrGOGMmyXOO/bfP3MSdEK1OGmknzl9ANbQn4LitPJjo4+hyDzSz7H6' +
  'djEVsAAAAAAAAAAAAAAAAAAAAAA=';

const MODELS_TAB = `# The models of this server. To install one,
# put its files into MODELS_DIR.
query Models {
  models {
    name
    installed
    missingFiles
    family
    recommended {
      steps
      cfg
      width
      height
    }
  }
}
`;

const IMG2IMG_TAB = `# Starts a job from the picture in the variables,
# with the model that comes with the server.
# Watch it in the next tab.
mutation Img2Img($input: Img2ImgInput!) {
  img2img(input: $input) {
    job {
      id
      status
      warnings
    }
    userErrors {
      code
      field
      message
    }
  }
}
`;

const IMG2IMG_VARIABLES = {
  input: {
    model: 'starter',
    prompt: 'the sea at sunset, a red boat',
    negativePrompt: '',
    seed: '7',
    steps: 20,
    cfg: 6,
    denoiseStrength: 0.75,
    width: 256,
    height: 256,
    imageUrl: EXAMPLE_IMAGE,
  },
};

const PROGRESS_TAB = `# Follows a job to its images. Run Img2Img first.
# An empty jobId below stands for the newest job:
# this page asks for jobs(first: 1) and fills it in.
subscription Progress($jobId: ID!) {
  img2imgProgress(jobId: $jobId, preview: { size: 256, every: 5 }) {
    __typename
    job {
      status
      stage
    }
    ... on Img2ImgStep {
      step
      totalSteps
      etaSeconds
      preview {
        dataUri
      }
    }
    ... on Img2ImgCompleted {
      images {
        url
        seed
      }
    }
    ... on Img2ImgFailed {
      error {
        code
        message
      }
    }
  }
}
`;

/**
 * Runs in the page before GraphiQL: an operation that is sent with an empty `jobId` gets the newest job's id. Operations
 * leave as text, in a WebSocket message or as the body of a fetch.
 */
const FILL_IN_NEWEST_JOB = `
(() => {
  const realFetch = window.fetch;
  const realSend = WebSocket.prototype.send;
  const isOpen = (text) => typeof text === 'string' && text.includes('"jobId":""');
  const fillIn = async (text, headers) => {
    const body = JSON.stringify({ query: '{ jobs(first: 1) { nodes { id } } }' });
    const response = await realFetch(location.pathname, { method: 'POST', headers, body });
    const id = (await response.json()).data?.jobs.nodes[0]?.id ?? '';
    return text.replace('"jobId":""', '"jobId":' + JSON.stringify(id));
  };
  WebSocket.prototype.send = function (text) {
    if (!isOpen(text)) return realSend.call(this, text);
    void fillIn(text, { 'content-type': 'application/json' }).then((filled) => realSend.call(this, filled));
  };
  window.fetch = async (input, init) =>
    realFetch(input, isOpen(init?.body) ? { ...init, body: await fillIn(init.body, init.headers) } : init);
})();
`;

/** What the playground opens with. A browser cannot send headers with a WebSocket: with API keys it uses SSE. */
export const playgroundOptions = ({ apiKeys }: Pick<Config, 'apiKeys'>): GraphiQLOptions => {
  const headers = apiKeys.length > 0 ? JSON.stringify({ authorization: 'Bearer <key>' }) : null;
  return {
    title: 'LatentQL',
    subscriptionsProtocol: apiKeys.length > 0 ? 'SSE' : 'WS',
    defaultTabs: [
      { query: MODELS_TAB, headers },
      { query: IMG2IMG_TAB, variables: JSON.stringify(IMG2IMG_VARIABLES, null, 2), headers },
      { query: PROGRESS_TAB, variables: JSON.stringify({ jobId: '' }, null, 2), headers },
    ],
  };
};

/** The playground's page: everything in one document from the package, nothing from outside. Loaded when first asked for. */
export async function renderPlayground(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options).replace(
    '<script>',
    () => `<script>${FILL_IN_NEWEST_JOB}</script>\n<script>`,
  );
}
