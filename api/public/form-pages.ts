import type { IncomingHttpHeaders } from 'node:http';
import { escapeHtml } from '../../messages/html';
import type { AnswerFault } from '../../workflows/domain/forms/answers';
import type { FormDocument } from '../../workflows/domain/forms/form';
import { formLanguages, formWords, wordsOf, type FormLanguage } from '../../workflows/domain/forms/words';
import { faultsHtml, formHtml } from '../forms/html';
import { isJson } from '../forms/inputs';
import type { Problem, ProblemCode } from '../http/problems';
import { withHeaders, type Reply } from '../http/reply';
import { publicPage } from './page';

/** The form, to be filled in. */
export function formPage(document: FormDocument, shown: { revision: number; at: number; id: string }): Reply {
  const main = formHtml(document, shown);
  return leadingOn(document, publicPage({ title: escapeHtml(document.name), main, lang: document.language }));
}

/** The form once more, with what was filled in, and what is wrong with it. */
export function refusedPage(
  document: FormDocument,
  { faults, ...shown }: { revision: number; id: string; inputs: Record<string, string>; faults: AnswerFault[] },
): Reply {
  const { revision, id, inputs } = shown;
  const main = `${faultsHtml(document, faults)}\n${formHtml(document, { revision, id, filled: { inputs, faults } })}`;
  const title = escapeHtml(`${wordsOf(document).check}: ${document.name}`);
  return leadingOn(document, publicPage({ title, main, status: 400, lang: document.language }));
}

export function thanksPage(document: FormDocument): Reply {
  const { thanks, received } = wordsOf(document);
  return publicPage({ title: escapeHtml(thanks), main: `<p>${escapeHtml(received)}</p>`, lang: document.language });
}

/** What is wrong beside the answers, to people: in their browser's language, since there may be no form to go by. */
export function problemPage({ code, status, extra }: Problem, headers: IncomingHttpHeaders): Reply | null {
  if (wantsJson(headers)) return null;
  const lang = languageOf(headers['accept-language']);
  const words = formWords[lang];
  const title = escapeHtml(words[titles[code] ?? 'failed']);
  const main = status === 404 || status === 410 ? '' : `<p>${escapeHtml(words.goBack)}</p>`;
  return withHeaders(publicPage({ title, main, status, lang }), extra.headers ?? {});
}

const titles: Partial<Record<ProblemCode, 'noForm' | 'closed' | 'elsewhere' | 'tooMany' | 'tooLarge'>> = {
  'not-found': 'noForm',
  gone: 'closed',
  forbidden: 'elsewhere',
  'rate-limited': 'tooMany',
  'too-large': 'tooLarge',
};

/** The first of theirs that we have. */
function languageOf(accepted = ''): FormLanguage {
  const wanted = accepted.split(',').map((one) => one.trim().slice(0, 2).toLowerCase());
  return wanted.flatMap((code) => formLanguages.find((one) => one === code) ?? [])[0] ?? 'en';
}

export function wantsJson(headers: IncomingHttpHeaders): boolean {
  return isJson(headers['content-type']) || /\bapplication\/json\b/.test(headers.accept ?? '');
}

/** The browser also asks the policy about where the answer leads. */
function leadingOn({ redirect }: FormDocument, reply: Reply): Reply {
  if (redirect === undefined) return reply;
  const policy = reply.headers?.['Content-Security-Policy'] ?? '';
  const wider = policy.replace("form-action 'self'", `form-action 'self' ${new URL(redirect).origin}`);
  return withHeaders(reply, { 'Content-Security-Policy': wider });
}
