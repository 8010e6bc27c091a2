import { findingLine } from '../output';
import { Refusal } from '../refusal';
import { checkFolder, type CheckedFolder } from './check-folder';
import { readFolder } from './read-folder';

/** A folder of which every file is sound. @throws Refusal with all that is wrong */
export async function soundFolder(path: string): Promise<CheckedFolder> {
  const checked = await checkFolder(readFolder(path));
  if (checked.findings.length === 0) return checked;
  throw new Refusal('findings', [...checked.findings.map(findingLine), 'Nothing was done.'].join('\n'));
}
