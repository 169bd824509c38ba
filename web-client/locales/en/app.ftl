### What every page shares: days, roles, waits.

## Days. $weekday counts from 0, a Monday; $month from 1.

today = Today
yesterday = Yesterday
weekday = { $weekday ->
    [0] Monday
    [1] Tuesday
    [2] Wednesday
    [3] Thursday
    [4] Friday
    [5] Saturday
   *[6] Sunday
}
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
day = { $weekday } { $day } { $month }
day-of-year = { $weekday } { $day } { $month } { $year }

## What somebody may do.

role-owner = Owner
role-admin = Admin
role-member = Member

## How long something takes, rounded up. They end sentences such as "Try again in 5 minutes."

duration-second = a second
duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}

close = Close
