import type { CheckText } from '../lookups';
import type { Placed } from '../outline';
import type { Complaint } from '../problem';
import type { StepSource } from '../steps/step';

interface Text {
  key: string;
  text: string | undefined;
  reader: 'contact' | 'staff';
  variables?: readonly string[];
}

/** Liquid that stands in the document: what is wrong with it, at its own line. */
export function checkTexts(placed: Placed[], checkText: CheckText): Complaint[] {
  return placed.flatMap(({ step, path }) =>
    textsOf(step).flatMap(({ key, text, reader, variables = [] }) => {
      if (text === undefined) return [];
      return checkText({ text, reader, variables }).map(({ row, message }) => ({ path: [...path, key], row, message }));
    }),
  );
}

function textsOf(step: StepSource): Text[] {
  switch (step.kind) {
    case 'message': {
      const variables = Object.keys(step.with ?? {});
      return (['title', 'text', 'url'] as const).map((key) => ({ key, text: step[key], reader: 'contact', variables }));
    }
    case 'notify':
      return [{ key: 'text', text: step.text, reader: 'staff' }];
    case 'task':
      return (['title', 'note'] as const).map((key) => ({ key, text: step[key], reader: 'staff' }));
    case 'handoff':
      return [{ key: 'reason', text: step.reason, reader: 'staff' }];
    case 'email':
    case 'wait':
    case 'branch':
    case 'split':
    case 'repeat':
    case 'update':
    case 'score':
    case 'enroll':
    case 'exit':
      return [];
  }
}
