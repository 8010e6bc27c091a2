import { z } from 'zod';
import { condition } from './conditions';
import { entry } from './entries';
import { exitBy } from './exits';
import { duration, key, line, path, sentence } from './scalars';
import { spread, window } from './sending-times';
import { steps } from './steps/step';
import { closed, isMapping, meaning, say } from './wording';

const reentry = z.union(
  [
    z.enum(['never', 'always']),
    closed({ after: duration.describe('Again, this long after the last time ended') }),
    closed({ per: path.describe('Once for each value of this property of the entry event') }),
  ],
  {
    error: meaning((input) => {
      if (isMapping(input)) return Object.hasOwn(input, 'per') ? 2 : 1;
      return say('must say when somebody may come again', 'one of never, always, { after: 90 days }, { per: orderId }');
    }),
  },
);

/** A journey as its author writes it. */
export const journeyDocument = closed({
  journey: key.describe('Key of the journey, for good'),
  name: line.optional().describe('What people call it'),
  explain: sentence.describe('One sentence: who gets what, and when'),
  topic: key.describe('What the consent is about, as declared in the settings'),
  stage: key.optional().describe('Stage it is written for, for the content-gap report'),
  responsible: line.optional().describe('Who is reminded when the review is due'),
  review: duration.optional().describe('How often it is to be reviewed'),
  priority: z.int().min(0).max(100).default(50).describe('The higher number wins'),
  entry: z.array(entry).max(50).describe('What lets people in; none if only the API, a list or other journeys do'),
  reentry: reentry.default('never').describe('Whether the same person may come again'),
  unless: condition.optional().describe('Who is not let in'),
  exits: z.array(exitBy).max(50).default([]).describe('Events that end the journey from anywhere, or send it on'),
  defaultExits: z.boolean().default(true).describe('Whether the exits of the settings hold too'),
  window: window.optional().describe('When its messages may leave; without it, the window of the settings'),
  spread: spread.optional().describe('Over how long messages are spread that are due when the window opens'),
  steps: steps.describe('In order; `next` is the following step unless named'),
});

export type JourneyDocument = z.infer<typeof journeyDocument>;
