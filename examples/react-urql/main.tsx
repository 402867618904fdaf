import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { gql, Provider, useMutation, useQuery, useSubscription } from 'urql';
import { client } from './client.ts';

const MAKE = gql`
  mutation Make($input: Img2ImgInput!) {
    img2img(input: $input) {
      job {
        id
        status
      }
      userErrors {
        message
      }
    }
  }
`;

const PROGRESS = gql`
  subscription Progress($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      id
      job {
        id
        status
        step
        totalSteps
        images {
          id
          url
        }
      }
      preview {
        dataUri
      }
    }
  }
`;

const JOBS = gql`
  query Jobs($after: String) {
    jobs(first: 1, after: $after) {
      nodes {
        id
        status
      }
      edges {
        node {
          id
          status
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

const INPUT = {
  modelName: 'starter',
  imageUrl: '/example.png',
  prompt: 'a green meadow at day, a red house',
  negativePrompt: '',
  seed: '7',
  steps: 8,
  cfg: 6,
  width: 256,
  height: 256,
};

function App() {
  const [made, make] = useMutation(MAKE);
  const job = made.data?.img2img.job;
  const error = made.error?.message ?? made.data?.img2img.userErrors[0]?.message;
  return (
    <main>
      <button onClick={() => void make({ input: INPUT })}>Make picture</button>
      {error && <p role="alert">{error}</p>}
      {job && <Progress key={job.id} jobId={job.id} />}
      <Jobs />
    </main>
  );
}

function Progress({ jobId }: { jobId: string }) {
  const [{ data }] = useSubscription({ query: PROGRESS, variables: { jobId } });
  const event = data?.img2imgProgress;
  const [image] = event?.job.images ?? [];
  if (image) return <img src={image.url} alt="Result" />;
  if (event?.preview) return <img src={event.preview.dataUri} alt="Live preview" />;
  return <p>{event?.job.status ?? 'QUEUED'}</p>;
}

/** The status of a job comes from the cache: the subscription's events write it there. */
function Jobs() {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data }] = useQuery({ query: JOBS, variables: { after } });
  if (!data) return null;
  const { edges, pageInfo } = data.jobs;
  return (
    <>
      <ol>
        {edges.map(({ node }: { node: { id: string; status: string } }) => (
          <li key={node.id}>{node.status}</li>
        ))}
      </ol>
      {pageInfo.hasNextPage && <button onClick={() => setAfter(pageInfo.endCursor)}>More</button>}
    </>
  );
}

createRoot(document.getElementById('app')!).render(
  <Provider value={client}>
    <App />
  </Provider>,
);
