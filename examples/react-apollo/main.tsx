import { gql } from '@apollo/client';
import { ApolloProvider, useMutation, useQuery, useSubscription } from '@apollo/client/react';
import { createRoot } from 'react-dom/client';
import { client } from './client.ts';

interface Job {
  id: string;
  status: string;
  images: { id: string; url: string }[];
}

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

/** A fragment on the interface: it matches by the cache's possibleTypes. */
const PROGRESS = gql`
  subscription Progress($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
      ...EventParts
    }
  }

  fragment EventParts on Img2ImgEvent {
    id
    job {
      id
      status
      images {
        id
        url
      }
    }
    preview {
      dataUri
    }
  }
`;

const JOBS = gql`
  query Jobs($after: String) {
    jobs(first: 1, after: $after) {
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

interface JobsPage {
  jobs: {
    edges: { node: Pick<Job, 'id' | 'status'> }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

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
  const [make, { data, error }] = useMutation<{
    img2img: { job: Pick<Job, 'id'> | null; userErrors: { message: string }[] };
  }>(MAKE, { refetchQueries: [JOBS] });
  const job = data?.img2img.job;
  const problem = error?.message ?? data?.img2img.userErrors[0]?.message;
  return (
    <main>
      <button onClick={() => void make({ variables: { input: INPUT } })}>Make picture</button>
      {problem && <p role="alert">{problem}</p>}
      {job && <Progress key={job.id} jobId={job.id} />}
      <Jobs />
    </main>
  );
}

function Progress({ jobId }: { jobId: string }) {
  const { data } = useSubscription<{ img2imgProgress: { job: Job; preview: { dataUri: string } | null } }>(
    PROGRESS,
    { variables: { jobId } },
  );
  const event = data?.img2imgProgress;
  const [image] = event?.job.images ?? [];
  if (image) return <img src={image.url} alt="Result" />;
  if (event?.preview) return <img src={event.preview.dataUri} alt="Live preview" />;
  return <p>{event?.job.status ?? 'QUEUED'}</p>;
}

/** The status of a job comes from the cache: the subscription's events write it there. */
function Jobs() {
  const { data, fetchMore } = useQuery<JobsPage>(JOBS);
  if (!data) return null;
  const { edges, pageInfo } = data.jobs;
  return (
    <>
      <ol>
        {edges.map(({ node }) => (
          <li key={node.id}>{node.status}</li>
        ))}
      </ol>
      {pageInfo.hasNextPage && (
        <button onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}>More</button>
      )}
    </>
  );
}

createRoot(document.getElementById('app')!).render(
  <ApolloProvider client={client}>
    <App />
  </ApolloProvider>,
);
