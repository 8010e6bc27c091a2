import { createTransports } from '../../../activities/providers/create-transports';
import type { MailTransport } from '../../../activities/providers/mail/transport';
import type { OutgoingMessage } from '../../../activities/providers/transport';
import type { Db } from '../../../prisma/client';

const mail = { name: 'capture' } as MailTransport;
const settings = { publicUrl: 'https://go.example.com', sms: { kind: 'capture' } as const, endpointHosts: [] };
const message = { sendId: 's', to: '+4915112345678', channel: 'sms' } as OutgoingMessage;

test('a trial reaches the phones on its list alone', async () => {
  const transports = createTransports(
    { ...settings, mailOnlyTo: ['@example.com', '+15005550006'] },
    { db: {} as Db, mail },
  );
  const sms = await transports('sms', message.to);
  expect([sms.mayMail?.('+15005550006'), sms.mayMail?.(message.to)]).toEqual([true, false]);
  expect(await sms.send(message)).toEqual({ kind: 'rejected', why: 'not on the MAIL_ONLY_TO list' });
});

test('without an account SMS are captured', async () => {
  const transports = createTransports({ ...settings, mailOnlyTo: null }, { db: {} as Db, mail });
  const names = await Promise.all((['email', 'sms', 'in-app'] as const).map((channel) => transports(channel, null)));
  expect(names.map(({ name }) => name)).toEqual(['capture', 'capture', 'in-app']);
});
