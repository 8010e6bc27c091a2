import { z } from 'zod';
import { window } from '../sending-times';
import { values } from './values';

/** What the messages to a contact have in common. */
export const sendingParts = {
  send: z.literal('at-once').optional().describe('They asked for it: no window, no quiet hours, no cap'),
  window: window.optional().describe("When it may leave, instead of the journey's window"),
  ifCapped: z
    .enum(['wait', 'skip'])
    .optional()
    .describe('What becomes of it under a full cap: it waits (default) or is skipped'),
  with: values.optional().describe('Values for the text; { entry: path } is a property of the entry event'),
};
