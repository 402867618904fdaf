/** The page at `/`: where to go from here. */
export const LANDING_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>LatentQL</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem; }
    </style>
  </head>
  <body>
    <h1>LatentQL</h1>
    <p>Image-to-image diffusion over GraphQL.</p>
    <ul>
      <li><a href="graphql">Playground and endpoint</a></li>
      <li><a href="example.png">Example picture</a></li>
      <li><a href="health">Health</a>, <a href="ready">readiness</a>, <a href="metrics">metrics</a></li>
    </ul>
  </body>
</html>
`;
