/** The page at `/` while the studio is not built. */
export const NOT_BUILT = `<!doctype html>
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
    <p>The studio is not built. Run <code>npm run build</code> and load this page again; <code>npm start</code> builds it first.</p>
    <ul>
      <li><a href="graphql">Playground and endpoint</a></li>
      <li><a href="example.png">Example picture</a></li>
      <li><a href="health">Health</a>, <a href="ready">readiness</a>, <a href="metrics">metrics</a></li>
    </ul>
  </body>
</html>
`;
