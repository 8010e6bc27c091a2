import { searchAttributes } from '../workflows/contract/search-attributes';

const TYPES: Record<string, string> = { KEYWORD: 'Keyword', INT: 'Int' };

/** As the development server's command line wants them: `{ JourneyKey: 'Keyword', … }`. */
export const searchAttributeTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, TYPES[type] ?? type]),
);
