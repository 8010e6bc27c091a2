import pc from 'picocolors';
import { checkFolder } from '../folder/check-folder';
import { readFolder } from '../folder/read-folder';
import { count, findingLine, type Output } from '../output';
import { exitCodes } from '../refusal';

/** Checks every journey and template of a folder. Answers the exit code. */
export async function validate(folder: string, { json }: { json: boolean }, out: Output): Promise<number> {
  const { journeys, templates, scoreModel, findings } = await checkFolder(readFolder(folder));
  if (json) {
    const keys = {
      journeys: journeys.map(({ graph }) => graph.journey),
      templates: templates.map(({ template }) => template.key),
      scoreModel: scoreModel !== null,
    };
    out.print(JSON.stringify({ valid: findings.length === 0, ...keys, findings }, null, 2));
  } else {
    for (const finding of findings) out.print(findingLine(finding));
    const counted = [count(journeys.length, 'journey'), count(templates.length, 'template')];
    const sound = scoreModel === null ? counted.join(' and ') : `${counted.join(', ')} and the score model`;
    out.print(
      findings.length === 0 ? pc.green(`${sound} are sound.`) : pc.red(`${count(findings.length, 'problem')}.`),
    );
  }
  return findings.length === 0 ? 0 : exitCodes.findings;
}
