import type { CheckedJourney } from './check-folder';
import type { JourneyFolder, SourceFile } from './read-folder';

/** The personas of a journey: files of `personas/` called `<journey>.yaml` or `<journey>.<anything>.yaml`. */
export function personasOf(folder: JourneyFolder, { graph }: CheckedJourney): SourceFile[] {
  return folder.personas.filter(({ name }) => name === graph.journey || name.startsWith(`${graph.journey}.`));
}
