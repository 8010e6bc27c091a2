import type { JsonObject } from '../../../../workflows/domain/json';
import type { Db } from '../../../client';

export interface NewBody {
  sendId: string;
  from: { email: string; name: string };
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  payload: JsonObject | null;
  sha256: string;
}

/** Stores what is about to be sent. Once an attempt has begun, the body stays as it is. */
export async function saveBody(db: Db, body: NewBody): Promise<void> {
  const { sendId, from, subject, html, text, headers, payload, sha256 } = body;
  await db.$executeRaw`
    insert into message_body (send_id, "from", subject, html, text, headers, payload, sha256)
    values (${sendId}::uuid, ${JSON.stringify(from)}::jsonb, ${subject}, ${html}, ${text}, ${JSON.stringify(headers)}::jsonb,
      ${payload && JSON.stringify(payload)}::jsonb, ${sha256})
    on conflict (send_id) do update
    set "from" = excluded."from", subject = excluded.subject, html = excluded.html, text = excluded.text,
      headers = excluded.headers, payload = excluded.payload, sha256 = excluded.sha256
    where not exists (select 1 from send s where s.id = excluded.send_id and s.begun_at is not null)`;
}
