import { TypeGuards, type Template } from 'liquidjs';
import { contactFields } from '../workflows/domain/contact-fields';
import { parseField, variablesOf, type Field } from './liquid';
import { asProblem, type TemplateProblem } from './message-error';

interface Checked {
  field: Field;
  source: string;
  /** Whether a path leads to something that a message may have. */
  isKnown: (path: readonly (string | number)[]) => boolean;
}

/** What is wrong with the Liquid of one text: its syntax, and variables that nobody fills. */
export function variableProblems({ field, source, isKnown }: Checked): TemplateProblem[] {
  try {
    const templates = parseField(field, source);
    const defaulted = new Set(defaultedIn(templates));
    return variablesOf(field, templates).flatMap(({ segments, location: { row, col } }) => {
      const path = segments.map((segment) => (typeof segment === 'object' ? '*' : segment));
      if (isKnown(path) || defaulted.has(`${row}:${col}`)) return [];
      return [{ field, line: row, message: `unknown variable ${path.join('.')}${hint(path)}` }];
    });
  } catch (error) {
    return [asProblem(error)];
  }
}

/** Places of variables that are followed by `default`: their author knows that they may be missing. */
function defaultedIn(templates: readonly Template[]): string[] {
  return templates.flatMap((template) => {
    const values = [...(template.arguments?.() ?? [])];
    const own = values.flatMap((value) => {
      if (!('filters' in value) || value.filters[0]?.name !== 'default') return [];
      const variables = value.initial.postfix.filter(TypeGuards.isPropertyAccessToken);
      return variables.map((token) => token.getPosition().join(':'));
    });
    return [...own, ...defaultedIn(childrenOf(template))];
  });
}

function childrenOf(template: Template): Template[] {
  // Without partials the generator has nothing to wait for: its first answer is its last.
  const step = template.children?.(false, true).next();
  return step?.done ? step.value : [];
}

function hint([root, field]: readonly (string | number)[]): string {
  if (root === 'contact') {
    const close = contactFields.find((name) => name.toLowerCase() === String(field).toLowerCase().replace(/[_-]/g, ''));
    return close ? `: did you mean contact.${close}?` : ': custom fields are contact.traits.<name>';
  }
  if (root === 'event') return ': properties of the entry event are event.properties.<name>';
  return ': declare it under variables, or give it a default';
}
