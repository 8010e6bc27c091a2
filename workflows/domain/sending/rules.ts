import { periodMs } from '../timing/duration';
import { holidaysFor, type HolidaySettings } from '../timing/holidays';
import type { SendingHours } from '../timing/opening';
import type { DailyHours, Window } from '../timing/window';
import type { Channel } from './channel';

/** At most `max` messages within `per`, such as `24 hours`, over all journeys. */
export interface Cap {
  /** `all`: over every channel that reaches a person. */
  channel: Channel | 'all';
  max: number;
  per: string;
}

/** What the settings say about when messages leave. */
export interface SendingSettings {
  frequencyCaps: readonly Cap[];
  /** Between two marketing messages of a channel. */
  minimumGap: string | null;
  quietHours: DailyHours | null;
  defaultWindow: Window | null;
  holidays: HolidaySettings | null;
  /** Over how long those are spread whose messages wait for the same opening. */
  spread: string | null;
}

/** What holds for one message. */
export interface MessageRules {
  channel: Channel;
  zone: string;
  hours: SendingHours;
  spreadMs: number;
  caps: readonly Cap[];
  gap: string | null;
  ifCapped: 'wait' | 'skip';
}

export interface MessageToRule {
  channel: Channel;
  /** Of the template or, where there is none, of the step; `internal` is to staff. */
  class: string;
  step: { kind: string; send?: 'at-once'; ifCapped?: 'wait' | 'skip'; window?: Window | 'any' };
  journey: { window?: Window | 'any'; spread?: string };
  settings: SendingSettings;
  /** The contact's. */
  zone: string;
  country: unknown;
}

const anyTime: SendingHours = { window: null, quiet: null, holidayOn: null };

/**
 * The rules for one message. What the person just asked for (`at-once`) and what is for staff keeps none of them; a
 * transactional message keeps the hours, and no cap or gap. Chat and webhooks reach a system: they keep a window that
 * their step names, and caps of their own channel.
 */
export function rulesOf(it: MessageToRule): MessageRules {
  const { channel, step, settings, zone } = it;
  const free = { channel, zone, hours: anyTime, spreadMs: 0, caps: [], gap: null, ifCapped: 'wait' as const };
  if (it.class === 'internal' || step.send === 'at-once') return free;
  const hours = reachesPerson(channel) ? personHours(it) : { ...anyTime, window: windowIn(step.window) };
  const spread = it.journey.spread ?? settings.spread;
  const timed = { ...free, hours, spreadMs: spread === null ? 0 : periodMs(spread) };
  if (it.class === 'transactional') return timed;
  const caps = settings.frequencyCaps.filter((cap) => concerns(cap, channel));
  const gap = reachesPerson(channel) ? settings.minimumGap : null;
  return { ...timed, caps, gap, ifCapped: step.ifCapped ?? 'wait' };
}

/** Whether a message of the channel is one of those that the cap counts. */
export function concerns(cap: Cap, channel: Channel): boolean {
  return cap.channel === 'all' ? reachesPerson(channel) : cap.channel === channel;
}

/** How far back messages matter, in milliseconds; 0 where they do not. */
export function lookBackMs({ caps, gap }: Pick<MessageRules, 'caps' | 'gap'>): number {
  return Math.max(0, ...caps.map(({ per }) => periodMs(per)), gap === null ? 0 : periodMs(gap));
}

function personHours({ step, journey, settings, country }: MessageToRule): SendingHours {
  const named = step.window ?? journey.window;
  return {
    window: named === undefined ? settings.defaultWindow : windowIn(named),
    quiet: settings.quietHours,
    holidayOn: holidaysFor(settings.holidays, country),
  };
}

function windowIn(window: Window | 'any' | undefined): Window | null {
  return window === undefined || window === 'any' ? null : window;
}

function reachesPerson(channel: Channel): boolean {
  return channel === 'email' || channel === 'sms' || channel === 'in-app';
}
