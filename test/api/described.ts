import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response } from 'supertest';
import { openApiDocument, templateOf } from '../../api/http/openapi';
import { routes } from '../../api/routes';

interface Described {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

/** A path of the document as it may come; one without parameters is asked before those with some. */
const patterns = [...new Set(routes.map(({ path }) => templateOf(path)))]
  .sort((a, b) => a.split('{').length - b.split('{').length)
  .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`) }));

let validators: ((of: { template: string; method: string }, answer: Response) => string | null) | null = null;

/** What is wrong with an answer by the OpenAPI document; null where nothing is, or no such route is described. */
export function faultOf(method: string, url: string, answer: Response): string | null {
  const { pathname } = new URL(url, 'http://localhost');
  const template = patterns.find(({ pattern }) => pattern.test(pathname))?.template;
  if (template === undefined) return null;
  validators ??= checker(openApiDocument(routes, 'http://127.0.0.1:3000') as unknown as Described);
  return validators({ template, method: method.toLowerCase() }, answer);
}

function checker({ paths, components }: Described): NonNullable<typeof validators> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: 'doc', components });
  const compiled = new Map<string, ValidateFunction>();
  return ({ template, method }, answer) => {
    const operation = paths[template]?.[method];
    if (!operation) return null;
    const where = `${method} ${template} → ${answer.status} ${answer.type}`;
    const response = operation.responses[answer.status];
    if (!response) return `${where}: the status is not described`;
    if (answer.type === '' || answer.status === 204) return null;
    const schema = response.content?.[answer.type]?.schema;
    if (!schema) return `${where}: the media type is not described`;
    if (!answer.type.endsWith('json')) return null;
    const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object;
    const validate = compiled.get(where) ?? ajv.compile(local);
    compiled.set(where, validate);
    return validate(answer.body) ? null : `${where}: ${ajv.errorsText(validate.errors)}`;
  };
}
