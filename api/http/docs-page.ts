import type { Express } from 'express';
import express from 'express';
import { getAbsoluteFSPath } from 'swagger-ui-dist';

/** Everything from this host, and no inline script: the page runs under the strictest policy Swagger UI allows. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Nurture API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** Swagger UI from this machine: nothing is fetched from elsewhere. */
export function serveDocs(app: Express): void {
  const assets = express.static(getAbsoluteFSPath(), { index: false, redirect: false, maxAge: '1h' });
  app.use('/docs/assets', assets);
  app.get('/docs/start.js', (_req, res) => void res.type('text/javascript').send(START));
  app.get('/docs', (_req, res) => void res.set('Content-Security-Policy', POLICY).type('html').send(PAGE));
}
