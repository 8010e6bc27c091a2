import { createTransport } from 'nodemailer';
import { headerFault } from './headers';
import { classifySmtpFailure } from './smtp-answers';
import type { MailAnswer, MailMessage, MailTransport } from './transport';

export interface SmtpOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  url: string;
  timeoutMs?: number;
  now?: () => number;
}

/** Mail by SMTP. A connection lost after DATA is `unknown`: the server may have taken the mail. */
export function smtpTransport({ url, timeoutMs = 10_000, now = Date.now }: SmtpOptions): MailTransport {
  return {
    name: 'smtp',
    idempotent: false,
    async send(message): Promise<MailAnswer> {
      const fault = headerFault(message.headers);
      if (fault) return { kind: 'rejected', why: fault };
      const progress = { dataBegun: false };
      // A connection per mail, so that the log of its commands tells how far this one came.
      const transporter = createTransport({ url, ...limits(timeoutMs), transactionLog: true, logger: watch(progress) });
      try {
        const info = await transporter.sendMail(asMail(message));
        return { kind: 'accepted', providerMessageId: info.messageId };
      } catch (error) {
        return classifySmtpFailure(error, { dataBegun: progress.dataBegun, now: now() });
      } finally {
        transporter.close();
      }
    },
  };
}

function limits(timeoutMs: number) {
  return { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs };
}

/** Keeps nothing of the conversation but whether DATA was said. */
function watch(progress: { dataBegun: boolean }) {
  const ignore = () => undefined;
  const debug = (entry: unknown, line: unknown) => {
    const isCommand = typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'client';
    if (isCommand && line === 'DATA') progress.dataBegun = true;
  };
  return { level: ignore, trace: ignore, debug, info: ignore, warn: ignore, error: ignore, fatal: ignore };
}

function asMail({ sendId, from, to, replyTo, subject, html, text, headers }: MailMessage) {
  const domain = from.email.slice(from.email.lastIndexOf('@') + 1);
  // Folded, List-Unsubscribe breaks DKIM checks that expect it whole.
  const unfolded = Object.entries(headers).map(([name, value]) => [name, { prepared: true, value }] as const);
  return {
    from: { name: from.name, address: from.email },
    to: { name: '', address: to },
    ...(replyTo !== undefined && { replyTo: { name: '', address: replyTo } }),
    subject,
    html,
    text,
    headers: Object.fromEntries(unfolded),
    messageId: `<${sendId}@${domain}>`,
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false as const,
  };
}
