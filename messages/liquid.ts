import { Liquid, LiquidError, type Template } from 'liquidjs';
import { MessageError, type TemplateProblem } from './message-error';
import type { MessageScope } from './scope';

/** Far above what a mail needs; a loop without end stops here. */
const limits = { parseLimit: 200_000, renderLimit: 1_000, memoryLimit: 10_000_000 };

/** Tags that read other templates: there are none, and no file is ever read. */
const withoutFiles = ['include', 'render', 'layout', 'block'];

const escaping = ['escape', 'escape_once', 'xml_escape'];

const htmlEngine = createEngine({ outputEscape: 'escape' });
const textEngine = createEngine({});

export type Field = TemplateProblem['field'];

/**
 * Parses one field of a template.
 * @throws MessageError with the line
 */
export function parseField(field: Field, source: string): Template[] {
  return located(field, () => engineOf(field).parse(source));
}

/**
 * Renders a field. What a person lacks renders as nothing: a typing mistake is found when the template is published.
 * @throws MessageError when a limit is hit or a filter fails
 */
export function renderField(field: Field, source: string, scope: MessageScope): string {
  return located(field, () => String(engineOf(field).parseAndRenderSync(source, scope)));
}

/** Every variable of a parsed field that comes from outside of it. */
export function variablesOf(field: Field, templates: Template[]) {
  return Object.values(engineOf(field).analyzeSync(templates, { partials: false }).globals).flat();
}

/** Only HTML is escaped: a subject or a text part would show `&amp;`. */
function engineOf(field: Field): Liquid {
  return field === 'html' ? htmlEngine : textEngine;
}

function createEngine(options: { outputEscape?: 'escape' }): Liquid {
  const engine = new Liquid({
    ...limits,
    ...options,
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    relativeReference: false,
    dynamicPartials: false,
    templates: {},
  });
  // `raw` would carry a person's data into the HTML unescaped.
  delete engine.filters.raw;
  for (const tag of withoutFiles) delete engine.tags[tag];
  // Where everything is escaped when it is written, an author's own escaping would come on top.
  if (options.outputEscape) for (const filter of escaping) engine.registerFilter(filter, (value: unknown) => value);
  return engine;
}

function located<T>(field: Field, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!LiquidError.is(error)) throw new MessageError({ field, message: 'cannot be rendered' });
    const line = error.token.getPosition()[0];
    throw new MessageError({ field, line, message: plain(error.message) });
  }
}

/** Without the place, which is told apart, and in words where Liquid's own are about its options. */
function plain(message: string): string {
  const text = message.replace(/, (file|line):.*$/s, '');
  if (/limit exceeded/.test(text)) return `takes more than a mail may: ${text.replace(' limit exceeded', '')} limit`;
  return text;
}
