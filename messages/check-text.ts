import { renderField } from './liquid';
import { asProblem } from './message-error';
import { emptyScope, isKnownPath } from './scope';
import { variableProblems } from './variables';

/** A text that stands in a journey itself. */
export interface JourneyText {
  text: string;
  /** Staff are also told the contact's score. */
  reader: 'contact' | 'staff';
  /** Names of the step's own values. */
  variables: readonly string[];
}

export interface TextFault {
  /** Line of the text, from 1. */
  row: number;
  message: string;
}

const scores = ['total', 'fit', 'engagement', 'tier'];

/** What would go wrong with a text at night: its syntax, variables that nobody fills, limits. */
export function checkText({ text, reader, variables }: JourneyText): TextFault[] {
  const own = Object.fromEntries(variables.map((name) => [name, null]));
  const isKnown = (path: readonly (string | number)[]) => {
    const [root, field, name] = path;
    if (root === 'contact' && field === 'score') return reader === 'staff' && scores.includes(String(name));
    // Nobody unsubscribes by a note, an SMS or a webhook.
    return root !== 'unsubscribeUrl' && isKnownPath(path, own);
  };
  const problems = variableProblems({ field: 'text', source: text, isKnown });
  const found = problems.length > 0 ? problems : renderProblems(text);
  return found.map(({ line, message }) => ({ row: line ?? 1, message }));
}

function renderProblems(text: string) {
  try {
    renderField('text', text, emptyScope(undefined));
    return [];
  } catch (error) {
    return [asProblem(error)];
  }
}
