import type { Express, Response } from 'express';
import { demoPage, demoScript, demoStyle } from '../../website/demo/pages';

/** The strictest under which the website's script works: it needs to be fetched, and to send. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** A small site to click through, on a development stack with demo data. `writeKey` is a browser key. */
export function serveDemo(app: Express, { writeKey, publicUrl }: { writeKey: string; publicUrl: string }): void {
  const headers = {
    ...{ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' },
    'Referrer-Policy': 'strict-origin-when-cross-origin', // as of any website, else no page knows the one before
  };
  const send = (res: Response, type: string, content: string) => void res.set(headers).type(type).send(content);
  app.get('/demo/demo.js', (_req, res) => send(res, 'text/javascript', demoScript));
  app.get('/demo/style.css', (_req, res) => send(res, 'text/css', demoStyle));
  app.get(['/demo', '/demo/:name'], (req, res, next) => {
    const { name = '' } = req.params;
    const page = demoPage(typeof name === 'string' ? name : '', { writeKey, origin: publicUrl });
    if (page === null) return next();
    send(res, 'html', page);
  });
}
