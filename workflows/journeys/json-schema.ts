import { z } from 'zod';
import { journeyDocument } from './document';

/** JSON Schema of the journey document, for completion in editors. */
export function journeyJsonSchema() {
  return { title: 'Nurture journey', ...z.toJSONSchema(journeyDocument, { io: 'input' }) };
}
