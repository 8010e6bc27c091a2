// What the messages list.
export const emailKeys = '`id`, `if`, `kind`, `template`, `from`, `send`, `window`, `ifCapped`, `with`, `next`';
export const stepKinds =
  '`email`, `message`, `notify`, `wait`, `branch`, `split`, `repeat`, `update`, `score`, `task`, `enroll`, `handoff`, `exit`';
export const conditionKinds =
  '`all`, `any`, `not`, `field`, `property`, `did`, `journey`, `segment`, `score`, `tier`, `mails`, `consent`, `handoff`';
export const operators = '`is`, `in`, `contains`, `startsWith`, `gt`, `gte`, `lt`, `lte`, `exists`';
export const documentKeys =
  '`journey`, `name`, `explain`, `topic`, `stage`, `responsible`, `review`, `priority`, `entry`, `reentry`, `unless`, `exits`, `defaultExits`, `window`, `spread`, `steps`';
export const durations =
  'a whole number and seconds, minutes, hours, days, weeks or working days: `2 days`, `90 minutes`, `3 working days`';
