import { z } from 'zod';
import type { CallAnswer } from '../../../workflows/domain/sending/settling';
import { retryable, throttled } from '../answers';
import type { HttpAnswer } from '../http-post';

const taken = z.object({ sid: z.string().min(1).max(100) });
const refusal = z.object({ code: z.number().int() });

/** What an answer of the Messages resource says about the message. Only codes are passed on: texts may quote the number. */
export function classifySms(answer: HttpAnswer, now: number): CallAnswer {
  if (answer.kind === 'not-sent') return retryable(answer.why, now);
  if (answer.kind === 'lost') return { kind: 'unknown', why: answer.why };
  const { status } = answer;
  if (status === 429) return throttled('too many requests (429)', now, answer.retryAfter);
  if (status === 401 || status === 403) return { kind: 'circuit', why: `account or token refused (${status})` };
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
    return { kind: 'circuit', why: `no SMS API at the base URL (${status})` };
  }
  if (status >= 200 && status < 300) return accepted(answer.body, status);
  if (status >= 500 || status === 408 || status < 200) return { kind: 'unknown', why: `server error (${status})` };
  const code = refusal.safeParse(asJson(answer.body)).data?.code;
  return { kind: 'rejected', why: `refused (${status})${code === undefined ? '' : `: code ${code}`}` };
}

function accepted(body: string, status: number): CallAnswer {
  const parsed = taken.safeParse(asJson(body));
  if (parsed.success) return { kind: 'accepted', providerMessageId: parsed.data.sid };
  return { kind: 'unknown', why: `unexpected answer ${status}` };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
