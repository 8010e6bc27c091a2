import { z } from 'zod';
import type { MailAnswer } from './transport';

const failureShape = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
});
type Failure = z.infer<typeof failureShape>;

const retryAfterMs = 60_000;
/** Failures in which the server's code answers for the mail itself. */
const answered = new Set(['EENVELOPE', 'EMESSAGE', 'EAUTH']);

/** What a failure of nodemailer says about the mail. Its text may quote the address: only codes are passed on. */
export function classifySmtpFailure(
  error: unknown,
  { dataBegun, now }: { dataBegun: boolean; now: number },
): MailAnswer {
  const parsed = failureShape.safeParse(error);
  const failure = parsed.success ? parsed.data : {};
  const { code = 'no code', command = 'no command', responseCode } = failure;
  if (responseCode !== undefined && answered.has(code)) return classifyCode({ ...failure, responseCode, command }, now);
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'circuit', why: `login refused (${code})` };
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'rejected', why: `refused before sending (${code})` };
  if (dataBegun) return { kind: 'unknown', why: `answer lost after DATA: ${code}` };
  return { kind: 'retryable', at: now + retryAfterMs, why: `not reached: ${code}` };
}

function classifyCode({ code, command, responseCode }: Failure & { responseCode: number }, now: number): MailAnswer {
  const why = `${command} answered ${responseCode}`;
  if (responseCode < 500) return { kind: 'retryable', at: now + retryAfterMs, why };
  // Login and sender do not depend on the mail: the next one would fare no better.
  if (code === 'EAUTH' || command === 'MAIL FROM' || responseCode === 530) return { kind: 'circuit', why };
  return { kind: 'rejected', why };
}
