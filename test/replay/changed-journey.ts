import { sleep } from '@temporalio/workflow';
import { contactJourney as unchanged } from '../../workflows/contact-journey.workflow';
import type { JourneyInput, JourneyResult } from '../../workflows/contract/journey';

/** Broken on purpose: a timer more than what open runs have in their histories. */
export async function contactJourney(input: JourneyInput): Promise<JourneyResult> {
  await sleep('1 second');
  return unchanged(input);
}
