import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A website on loopback. */
export interface Site {
  /** `http://127.0.0.1:<port>`. */
  origin: string;
  /** The same pages as a browser sees them from elsewhere. */
  foreignOrigin: string;
  close: () => Promise<void>;
}

export interface SitePage {
  body?: string;
  /** In place of the snippet and the tag. */
  head?: string;
  headers?: Record<string, string>;
  /** A file of JavaScript instead of a page. */
  script?: string;
}

/** The pages of `pages`, by path without its query; each path has at least an empty page. */
export async function openSite(head: string, pages: Readonly<Record<string, SitePage>> = {}): Promise<Site> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const page = pages[path] ?? {};
    const type = page.script === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', ...page.headers });
    if (page.script !== undefined) return void response.end(page.script);
    response.end(
      `<!doctype html><html lang="en"><head><title>Page ${path}</title>${page.head ?? head}</head><body>${page.body ?? ''}</body></html>`,
    );
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, foreignOrigin: `http://localhost:${port}`, close };
}

export function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
