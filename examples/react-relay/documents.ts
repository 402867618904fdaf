import { graphql } from 'react-relay';

/**
 * What relay-compiler reads (`npm run relay`): it checks each against the schema and Relay's rules, and writes what main.tsx
 * imports. Nothing imports this file, so that no Babel plugin is needed.
 */

void graphql`
  mutation documentsMakeMutation($input: Img2ImgInput!) {
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

void graphql`
  subscription documentsProgressSubscription($jobId: ID!) {
    img2imgProgress(jobId: $jobId) {
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
  }
`;

void graphql`
  query documentsJobsQuery {
    ...documents_jobs
  }
`;

/** `jobs` is a connection by Relay's rules, and its nodes can be fetched again by their id. */
void graphql`
  fragment documents_jobs on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
  @refetchable(queryName: "documentsJobsPageQuery") {
    jobs(first: $count, after: $cursor) @connection(key: "documents_jobs") {
      edges {
        node {
          id
          ...documents_job
        }
      }
    }
  }
`;

void graphql`
  fragment documents_job on Job @refetchable(queryName: "documentsJobQuery") {
    id
    status
  }
`;
