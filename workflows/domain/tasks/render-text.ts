import type { Tier } from '../scoring/tiers';
import type { Json, JsonObject } from '../json';
import type { Rep } from '../staff';

/** What the Liquid of a text for staff is made of. */
export interface TextAbout {
  /** Standard fields by name, `traits` among them. */
  contact: Record<string, Json>;
  entry: JsonObject;
  owner: Rep | null;
  score: { total: number; fit: number; engagement: number; tier: Tier };
  /** Names the text where it cannot be rendered. */
  what: string;
}

/** Makes an author's Liquid into one person's text. Throws for good where that cannot be done. */
export type RenderText = (source: string, about: TextAbout) => string;
