import { z } from 'zod';
import { scoreModelDocument } from './document';

/** JSON Schema of the score model, for completion in editors. */
export function scoreModelJsonSchema() {
  return { title: 'Nurture score model', ...z.toJSONSchema(scoreModelDocument, { io: 'input' }) };
}
